// What operators see and do of the broker, on a real one.
import { auditSubject, commandSubject } from '@wagate/messages/subjects.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAdmin } from './control/admin.ts'
import { newId, type Surroundings, startGateway, startSurroundings } from './testing/gateway-process.ts'

let surroundings: Surroundings
let operator: ReturnType<Awaited<ReturnType<typeof startGateway>>['client']>
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  surroundings = stack.use(await startSurroundings())
  const gateway = stack.use(await startGateway(surroundings))
  const { api_key: key } = (await runAdmin(surroundings.control, ['operator', 'create'], { name: 'Ada' })) as {
    api_key: string
  }
  operator = gateway.client(key)
})
afterAll(() => stack.disposeAsync())

test('a dead letter goes back as it was, within the ten minutes in which the stream knows its id, and is on record', async () => {
  const { worker } = surroundings
  const tenantId = await surroundings.addTenant()
  const [sessionId, id] = [newId('session'), newId('command')]
  const subject = commandSubject({ partition: 's1', tenantId, sessionId }, 'message.send')
  const data = Buffer.from('contents')
  await worker.publish(subject, data, { msgId: id })
  const before = await worker.streamState('COMMANDS')
  const headers = { 'Wagate-Subject': subject, 'Wagate-Reason': 'there is no such session', 'Wagate-Attempts': '8' }
  await worker.publish('dlq.COMMANDS.worker-s1', data, { msgId: `COMMANDS:worker-s1:${before.lastSeq}`, headers })

  const { data: listed } = await operator.listDeadLetters({ tenant_id: tenantId })
  expect(listed).toMatchObject([{ session_id: sessionId, type: 'message.send', attempts: 8, retriable: true }])
  const sequence = listed[0]?.sequence ?? 0
  await operator.retryDeadLetter(sequence)
  const again = await worker.lastMessage('COMMANDS', subject)
  expect(again?.seq).toBeGreaterThan(before.lastSeq)
  expect(Buffer.from(again?.data ?? []).toString()).toBe('contents')
  expect((await operator.listDeadLetters({ tenant_id: tenantId })).data).toEqual([])
  await expect(operator.deleteDeadLetter(sequence)).rejects.toMatchObject({
    problem: { code: 'dead-letter-not-found' },
  })
  const onRecord = await surroundings.provisioner.lastMessage('AUDIT', auditSubject(tenantId))
  expect(JSON.parse(Buffer.from(onRecord?.data ?? []).toString())).toMatchObject({
    action: 'dead_letter.retried',
    changes: { stream: 'COMMANDS', consumer: 'worker-s1', type: 'message.send' },
  })
})

test('streams tell what they hold, and who is behind since when', async () => {
  const { worker } = surroundings
  const tenantId = await surroundings.addTenant()
  const subject = commandSubject({ partition: 's3', tenantId, sessionId: newId('session') }, 'message.send')
  await worker.publish(subject, Buffer.from('contents'))
  const stored = await worker.lastMessage('COMMANDS', subject)
  const measured = await waitFor(async () => {
    const { streams, buckets } = await operator.getStreams()
    const waiting = streams.find(({ name }) => name === 'COMMANDS')?.consumers.find(({ name }) => name === 'worker-s3')
    return (waiting?.pending ?? 0) > 0 && { streams, buckets, waiting }
  })
  expect(measured.waiting).toMatchObject({ pending: 1, oldest_waiting_at: stored?.time.toISOString(), attended: false })
  expect(measured.waiting?.lag_seconds).toBeGreaterThanOrEqual(0)
  expect(measured.streams.map(({ name }) => name)).toContain('DEAD_LETTERS')
  expect(measured.streams.find(({ name }) => name === 'EVENTS')).toMatchObject({
    ...{ consumers_total: 32, max_age_seconds: 30 * 86_400, lag_seconds: 0 },
  })
  expect(measured.buckets.find(({ name }) => name === 'failovers')).toMatchObject({ max_messages: 10_000 })
})

test('processes are seen with their state, and what does not answer is told', async () => {
  const health = await waitFor(async () => {
    const measured = await operator.getSystemHealth()
    return measured.services.find(({ service }) => service === 'gateway')?.ready === 1 && measured
  })
  expect(health.dependencies.map(({ name, up }) => [name, up])).toEqual([
    ['broker', true],
    ['postgres', true],
    ['object_store', false],
    ['sandbox', false],
  ])
  expect(health).toMatchObject({ status: 'degraded', migrations: { current: true } })
  expect(health.services.find(({ service }) => service === 'worker')).toEqual({
    ...{ service: 'worker', ready: 0, instances: [] },
  })
})

test('dead letters are found page by page where a thousand were deleted in between', async () => {
  const { worker, provisioner } = surroundings
  const tenantId = await surroundings.addTenant()
  const subject = commandSubject({ partition: 's1', tenantId, sessionId: newId('session') }, 'message.send')
  const setAside = async (consumer: string) =>
    (await worker.publish(`dlq.COMMANDS.${consumer}`, Buffer.from('x'), { headers: { 'Wagate-Subject': subject } })).seq
  const first = await setAside('worker-s1')
  // Each is written to the disk: not all at once.
  for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 50 }, () => setAside('worker-s2')))
  const last = await setAside('worker-s1')
  await provisioner.purgeSubject('DEAD_LETTERS', 'dlq.>', { beforeSeq: first })
  await provisioner.purgeSubject('DEAD_LETTERS', 'dlq.COMMANDS.worker-s2', { beforeSeq: last })
  const page = await operator.listDeadLetters({ limit: 1 })
  expect(page.data.map(({ sequence }) => sequence)).toEqual([last])
  const next = await operator.listDeadLetters({ limit: 1, cursor: page.next_cursor ?? '' })
  expect(next).toMatchObject({ data: [{ sequence: first }], next_cursor: null })
})
