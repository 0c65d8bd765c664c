// Below the API: somebody has the credentials of a service and publishes what no gateway and no worker would. Whatever names
// another tenant than it belongs to is refused where it is read, and the other tenant notices nothing.
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAs, type OperatorBroker, shardOfSession } from './src/broker.ts'
import { type Household, quiet, settle } from './src/household.ts'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack
let operator: OperatorBroker
/** With the gateway's and the worker's rights at the broker. */
let gateway: OperatorBroker
let worker: OperatorBroker
let red: Household
let blue: Household

tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack()
  ;[operator, gateway, worker] = await Promise.all([
    connectAs(stack, 'provisioner'),
    connectAs(stack, 'gateway'),
    connectAs(stack, 'worker'),
  ])
  ;[red, blue] = await Promise.all([settle(stack, 'red'), settle(stack, 'blue')])
})
afterAll(async () => {
  for (const resource of [red, blue, operator, gateway, worker]) await resource?.[Symbol.asyncDispose]()
  await stack?.[Symbol.asyncDispose]()
})

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
const idsOf = ({ tenant, session }: Household) => ({ tenantId: tenant.tenantId, sessionId: session.sessionId })
type Ids = ReturnType<typeof idsOf>
/** A ULID of its own for every forgery. */
let serial = 0
const ulid = (): string => `01KAGKA3C0H9E2AEQ7${String(++serial).padStart(8, '0')}`

async function recordOf({ tenantId, sessionId }: Ids): Promise<{ partition: string }> {
  const stored = await (await operator.kv('sessions')).get(`${tenantId}.${sessionId}.config`)
  return JSON.parse(Buffer.from(stored?.value ?? []).toString())
}

function command(ids: Ids, type: string, text = 'forged') {
  const time = new Date().toISOString()
  const content = { type: 'text', text: { body: text } }
  const data: Record<string, unknown> = {
    'message.send': { messageId: `msg_${ulid()}`, to: blue.phone.number, content, acceptedAt: time },
    'message.cancel': { messageId: blue.messageId },
    'session.create': { mode: 'test' },
    'session.request_pairing_code': { phone: '+999100200300' },
  }
  return { id: `cmd_${ulid()}`, type, source: 'gateway', time, ...ids, data: data[type] ?? {} }
}

/** The reasons for which what came under that subject was set aside, by consumer. */
async function lettersOf(subject: string): Promise<string[]> {
  const found: string[] = []
  for await (const { headers } of operator.readSubject('DEAD_LETTERS', 'dlq.>'))
    if (headers['Wagate-Subject'] === subject) found.push(`${headers['Wagate-Consumer']}: ${headers['Wagate-Reason']}`)
  return found.toSorted()
}

/** Everything that the household sees of itself, and the people it talks to. */
async function lifeOf({ tenant, session, phone, webhookId, feed, receiver }: Household) {
  const { client } = tenant
  const { data: sessions } = await client.listSessions()
  return {
    sessions: sessions.map(({ id, status }) => ({ id, status })),
    messages: (await client.listMessages(session.sessionId)).data.map(({ id, type, text }) => ({ id, type, text })),
    chats: (await client.listChats()).data.map(({ id }) => id),
    webhook: (await client.getWebhook(webhookId)).enabled,
    phone: (await client.listPhoneMessages(phone.id)).data.map(({ id, text }) => ({ id, text })),
    own: (await client.listPhoneMessages(session.phone.id)).data.map(({ id, text }) => ({ id, text })),
    events: feed.events.map(({ data }) => data.id),
    deliveries: receiver.received.map(({ webhookId: id }) => id).toSorted(),
  }
}

/** A message each way arrives: nothing is stuck behind what was set aside. */
async function livesOn(household: Household): Promise<void> {
  const { tenant, session, phone, feed } = household
  const { client } = tenant
  const body = { to: phone.number, type: 'text', text: { body: `still ${phone.name}` } } as const
  const { id } = await client.sendMessage(session.sessionId, body)
  await feed.next((event) => event.type === 'message.delivered' && event.data.message_id === id, { what: 'one out' })
  await client.sendFromPhone(phone.id, { to: session.phone.number, text: `hello ${id}` })
  await feed.next((event) => JSON.stringify(event.data).includes(`hello ${id}`), { what: 'one in' })
  await waitFor(async () => JSON.stringify(await client.listMessages(session.sessionId)).includes(`hello ${id}`), {
    what: 'both in the list',
  })
  await quiet(household)
}

const everyCommand = [
  ...['message.send', 'message.cancel', 'session.create', 'session.restart', 'session.check'],
  ...['session.logout', 'session.delete', 'session.request_pairing_code'],
]

test('a command that names another tenant than its subject, or a session that is not its own, changes nothing', async () => {
  const [ours, theirs] = [idsOf(red), idsOf(blue)]
  const before = await lifeOf(blue)
  const { partition } = await recordOf(theirs)
  const mixed: Ids = { tenantId: ours.tenantId, sessionId: theirs.sessionId }
  const unknown: Ids = { tenantId: ours.tenantId, sessionId: `ses_${ulid()}` }
  const disagree = 'the subject and the envelope disagree'
  const nobody = 'there is no such session'
  const attempts: [subject: Ids, envelope: Ids, reason: string][] = [
    [mixed, mixed, nobody],
    [unknown, unknown, nobody],
    [mixed, theirs, disagree],
    [theirs, mixed, disagree],
    [theirs, ours, disagree],
    [{ ...theirs, sessionId: ours.sessionId }, theirs, disagree],
  ]
  const expected = new Map<string, string[]>()
  for (const [at, envelope, reason] of attempts)
    for (const type of everyCommand) {
      const subject = `cmd.${partition}.${at.tenantId}.${at.sessionId}.${type}`
      await gateway.publish(subject, json(command(envelope, type)))
      expected.set(subject, [...(expected.get(subject) ?? []), `worker-${partition}: ${reason}`].toSorted())
    }
  // A type that its subject does not name.
  const subject = `cmd.${partition}.${theirs.tenantId}.${theirs.sessionId}.session.check`
  await gateway.publish(subject, json(command(theirs, 'session.delete')))
  expected.set(subject, [...(expected.get(subject) ?? []), `worker-${partition}: ${disagree}`].toSorted())

  for (const [where, reasons] of expected)
    await waitFor(async () => (await lettersOf(where)).length >= reasons.length, {
      what: `${where} to be set aside`,
      deadlineMs: 60_000,
    })
  for (const [where, reasons] of expected) expect(await lettersOf(where), where).toEqual(reasons)
  expect(await lifeOf(blue)).toEqual(before)
  await livesOn(blue)
  const metrics = await (await fetch(`${stack.url('worker')}/metrics`)).text()
  expect(metrics).toMatch(/wagate_worker_commands_rejected\{.*\} [1-9]/)
})

test('a command in the wrong partition is carried out once, by the session that it names', async () => {
  const theirs = idsOf(blue)
  const { partition } = await recordOf(theirs)
  const wrong = partition === 's0' ? 's1' : 's0'
  const send = command(theirs, 'message.send', 'once, wherever it came')
  for (const where of [wrong, partition, wrong])
    await gateway.publish(`cmd.${where}.${theirs.tenantId}.${theirs.sessionId}.message.send`, json(send))
  await waitFor(async () => (await operator.lastMessage('COMMANDS', 'cmd.>')) === undefined, {
    what: 'no command left',
  })
  await livesOn(blue)
  const { data } = await blue.tenant.client.listPhoneMessages(blue.phone.id)
  expect(data.filter((message) => JSON.stringify(message).includes('once, wherever it came'))).toHaveLength(1)
})

test("a session's record in another tenant's place is refused: the session is neither moved, stopped nor deleted", async () => {
  const [ours, theirs] = [idsOf(red), idsOf(blue)]
  const before = await lifeOf(blue)
  const sessions = await gateway.kv('sessions')
  const record = await recordOf(theirs)
  const place = `${ours.tenantId}.${theirs.sessionId}.config`
  const forgeries = [
    { ...record, desired: 'deleted' },
    { ...record, ...ours, sessionId: theirs.sessionId, desired: 'deleted' },
    { ...record, ...ours, sessionId: theirs.sessionId, partition: 's3' },
  ]
  const refusals = () => stack.log('worker', 100_000).split('"session.record_refused"').length - 1
  for (const forged of forgeries) {
    const known = refusals()
    await sessions.put(place, json(forged))
    await waitFor(() => refusals() > known, { what: 'the record to be refused' })
  }
  await gateway.publish(
    `cmd.${record.partition}.${ours.tenantId}.${theirs.sessionId}.session.delete`,
    json(command({ ...theirs, tenantId: ours.tenantId }, 'session.delete')),
  )
  await sessions.delete(place)
  expect(await lifeOf(blue)).toEqual(before)
  await livesOn(blue)
  await livesOn(red)
})

test('a question about a session of another tenant is answered with nothing', async () => {
  const [ours, theirs] = [idsOf(red), idsOf(blue)]
  const { partition } = await recordOf(theirs)
  const ask = async (tenantId: string) =>
    Buffer.from(
      await gateway.ask(`ask.${partition}.${tenantId}.${theirs.sessionId}`, json({ v: 1 }), { timeoutMs: 5_000 }),
    ).toString()
  expect(await ask(theirs.tenantId)).toContain('depth')
  expect(await ask(ours.tenantId)).toBe('')
})

test('an event under the subject of another tenant reaches neither: no list, no stream, no webhook', async () => {
  const [ours, theirs] = [idsOf(red), idsOf(blue)]
  const before = { red: await lifeOf(red), blue: await lifeOf(blue) }
  const real = await operator.lastMessage('EVENTS', `evt.*.${theirs.tenantId}.${theirs.sessionId}.message.received`)
  const shards = { ours: await shardOfSession(operator, ours), theirs: await shardOfSession(operator, theirs) }
  const event = JSON.parse(Buffer.from(real?.data ?? []).toString())
  const forge = (ids: Ids) => {
    const sequence = event.sequence + 1_000 + serial
    const data = { ...event.data, messageId: `msg_${ulid()}`, waMessageId: ulid() }
    return { ...event, ...ids, id: `evt_${ulid()}`, sequence, data }
  }
  const forgeries: [subject: string, envelope: Ids][] = [
    [`evt.${shards.ours}.${ours.tenantId}.${ours.sessionId}.message.received`, theirs],
    [`evt.${shards.theirs}.${theirs.tenantId}.${theirs.sessionId}.message.received`, ours],
    [`evt.${shards.theirs}.${ours.tenantId}.${theirs.sessionId}.message.received`, theirs],
    [`evt.${shards.theirs}.${theirs.tenantId}.${theirs.sessionId}.message.sent`, theirs],
    [`evt.${(Number(shards.theirs) + 1) % 16}.${theirs.tenantId}.${theirs.sessionId}.message.received`, theirs],
  ]
  for (const [subject, envelope] of forgeries) await worker.publish(subject, json(forge(envelope)))
  for (const [subject] of forgeries) {
    const shard = subject.split('.')[1]
    const letters = await waitFor(
      async () => {
        const found = await lettersOf(subject)
        return found.length >= 2 && found
      },
      { what: `${subject} to be set aside` },
    )
    const reason = 'the subject and the envelope disagree'
    expect(letters).toEqual([`projector-${shard}: ${reason}`, `webhooks-${shard}: ${reason}`])
  }
  await waitFor(() => stack.log('gateway', 100_000).includes('"event.unreadable"'), { what: 'the stream to refuse it' })
  expect({ red: await lifeOf(red), blue: await lifeOf(blue) }).toEqual(before)
  await livesOn(red)
  await livesOn(blue)
})
