// A server under the services goes away and comes back: what goes on meanwhile, and that everything catches up.
import { ApiError } from '@wagate/api/call.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { createWorld, type World } from '@wagate/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAsOperator, type OperatorBroker } from './src/broker.ts'
import { problemOf } from './src/problem.ts'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack
let broker: OperatorBroker
let world: World

tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack({ passedOn: { ENGINES: '2' } })
  broker = await connectAsOperator(stack)
  const readLog = () => broker.readSubject('SESSION_LOG', 'wal.>')
  world = await createWorld(stack, { sessions: 4, phones: 6, seed: 7, readLog })
})
afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
  await broker?.[Symbol.asyncDispose]()
  await stack?.[Symbol.asyncDispose]()
})

const services = ['gateway', 'worker', 'projector', 'webhooks', 'sandbox'] as const
/** The services' processes: none of them may have had to be started again. */
const processes = () => services.map((name) => `${name} ${stack.pid(name)}`)

/** How long a server stays away. */
const outageMs = 20_000

test('with PostgreSQL gone for 20 s sends are accepted and shown, reads say 503, and the views catch up', async () => {
  const { client } = world.tenant
  const { sessionId } = world.sessions[0] ?? { sessionId: '' }
  const before = processes()
  await world.workload.exchange(6)
  await stack.kill('postgres')
  const backAt = performance.now() + outageMs
  const unavailable = { status: 503, code: 'views-unavailable', type: '/problems/views-unavailable' }
  expect(await problemOf(client.listMessages(sessionId))).toMatchObject(unavailable)
  expect(await problemOf(client.listChats())).toMatchObject(unavailable)
  await world.workload.exchange(20)
  // From the event stream, which needs no PostgreSQL either.
  await waitFor(() => world.isQuiet(), { what: 'messages to flow both ways meanwhile', deadlineMs: outageMs })
  const shown = async () => {
    const screens = await Promise.all(world.phones.map(({ id }) => client.listPhoneMessages(id, { limit: 200 })))
    return screens.flatMap(({ data }) => data.filter(({ from_me }) => !from_me))
  }
  expect(await shown()).toHaveLength(world.workload.accepted.length)
  expect((await client.getSession(sessionId)).status).toBe('connected')
  await waitFor(() => performance.now() >= backAt, { what: 'the outage to end', deadlineMs: outageMs + 1_000 })
  await stack.start()
  await world.workload.exchange(6)
  expect(await world.settled(90_000)).toEqual([])
  expect(processes()).toEqual(before)
})

test('with NATS killed and started again under load, nothing accepted is lost or doubled and no session needs a scan', async () => {
  const { client } = world.tenant
  const { sessionId } = world.sessions[0] ?? { sessionId: '' }
  const to = world.phones[0]?.number ?? ''
  const before = processes()
  const traffic = world.workload.exchange(60, 3)
  const target = world.workload.accepted.length + 15
  await waitFor(() => world.workload.accepted.length >= target, { deadlineMs: 60_000 })
  world.interruptions.push({ atMs: Date.now() })
  await stack.kill('nats')
  const refused = await client
    .sendMessage(sessionId, { to, type: 'text', text: { body: 'never accepted' } })
    .then(() => undefined)
    .catch((error: unknown) => error)
  expect(refused instanceof ApiError && refused.problem).toMatchObject({ status: 503, code: 'broker-unavailable' })
  await stack.start()
  await traffic
  await world.workload.exchange(6)
  expect(await world.settled(90_000)).toEqual([])
  expect(world.feed.events.filter(({ type }) => type === 'session.paired')).toHaveLength(world.sessions.length)
  const { data: sessions } = await client.listSessions()
  expect(sessions.map(({ status }) => status)).toEqual(world.sessions.map(() => 'connected'))
  expect(processes()).toEqual(before)
})
