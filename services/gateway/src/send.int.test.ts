import { ApiError } from '@wagate/api/call.ts'
import { parseCommand } from '@wagate/messages/commands.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Surroundings, startGateway, startSurroundings } from './testing/gateway-process.ts'

let surroundings: Surroundings
let gateway: Awaited<ReturnType<typeof startGateway>>
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  surroundings = stack.use(await startSurroundings())
  gateway = stack.use(await startGateway(surroundings))
})
afterAll(() => stack.disposeAsync())

async function linkedSession() {
  const tenantId = await surroundings.addTenant()
  const { apiKey, keyId } = await surroundings.addKey(tenantId)
  const client = gateway.client(apiKey)
  await waitFor(() => client.listSessions())
  const session = await client.createSession({ name: 'first' })
  await surroundings.setState(tenantId, session.id)
  await waitFor(async () => (await client.getSession(session.id)).status === 'connected')
  return { tenantId, apiKey, keyId, client, sessionId: session.id }
}

async function commandsOf(sessionId: string) {
  const commands = []
  for await (const message of surroundings.provisioner.readSubject('COMMANDS', `cmd.*.*.${sessionId}.>`)) {
    const parsed = parseCommand(message.data)
    if (parsed.ok) commands.push(parsed.command)
  }
  return commands
}

const hi = { to: '+999100200300', type: 'text', text: { body: 'hi' } } as const

test('a message is accepted when the broker has its command, and can be asked for at once', async () => {
  const { client, sessionId, tenantId } = await linkedSession()
  const accepted = await client.sendMessage(sessionId, hi)
  expect(accepted).toMatchObject({ status: 'accepted', session_id: sessionId, to: hi.to, type: 'text' })
  const [create, send] = await commandsOf(sessionId)
  expect(create).toMatchObject({ type: 'session.create', tenantId, sessionId, data: { mode: 'test', name: 'first' } })
  expect(send).toMatchObject({
    type: 'message.send',
    id: accepted.id.replace('msg_', 'cmd_'),
    data: {
      messageId: accepted.id,
      to: hi.to,
      content: { type: 'text', text: hi.text },
      acceptedAt: accepted.created_at,
    },
  })
  expect(await client.getMessage(accepted.id)).toMatchObject({
    id: accepted.id,
    status: 'accepted',
    chat: { phone: hi.to },
  })
})

test('the same idempotency key makes one command, however many requests carry it at once', async () => {
  const { client, sessionId } = await linkedSession()
  const options = { idempotencyKey: 'order-1' }
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.sendMessage(sessionId, hi, options)))
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
  expect((await commandsOf(sessionId)).filter(({ type }) => type === 'message.send')).toHaveLength(1)
  const other = client.sendMessage(sessionId, { ...hi, text: { body: 'another' } }, options)
  await expect(other).rejects.toMatchObject({ problem: { code: 'idempotency-key-reused', status: 422 } })
  const next = await client.sendMessage(sessionId, hi, { idempotencyKey: 'order-2' })
  expect(next.id).not.toBe(answers[0]?.id)
})

test('a repeat is answered as before even when the session has closed meanwhile', async () => {
  const { client, sessionId, tenantId } = await linkedSession()
  const first = await client.sendMessage(sessionId, hi, { idempotencyKey: 'k' })
  await surroundings.setState(tenantId, sessionId, { status: 'closed', reason: 'logged_out' })
  await waitFor(async () => (await client.getSession(sessionId)).status === 'closed')
  expect(await client.sendMessage(sessionId, hi, { idempotencyKey: 'k' })).toEqual(first)
  await expect(client.sendMessage(sessionId, hi)).rejects.toMatchObject({ problem: { code: 'session-closed' } })
})

test('with Postgres away, messages are accepted and reads say so; afterwards both work', async () => {
  const { client, sessionId } = await linkedSession()
  surroundings.postgresGate.close()
  const accepted = await client.sendMessage(sessionId, hi)
  expect(await client.getSession(sessionId)).toMatchObject({ id: sessionId, status: 'connected' })
  expect((await client.listSessions()).data).toHaveLength(1)
  await expect(client.getMessage(accepted.id)).rejects.toMatchObject({
    problem: { code: 'views-unavailable', status: 503 },
    retryAfter: 2,
  })
  await expect(client.listChats()).rejects.toMatchObject({ problem: { code: 'views-unavailable' } })
  surroundings.postgresGate.reopen()
  await waitFor(() => client.getMessage(accepted.id))
})

test('a revoked key is refused by every gateway within two seconds', async () => {
  await using second = await startGateway(surroundings)
  const { apiKey, keyId, sessionId } = await linkedSession()
  const clients = [gateway.client(apiKey), second.client(apiKey)]
  for (const client of clients) await waitFor(() => client.getSession(sessionId))
  const revokedAtMs = performance.now()
  await surroundings.control.keys.revokeById(keyId)
  for (const client of clients)
    await waitFor(() =>
      client.getSession(sessionId).then(
        () => false,
        (error) => error instanceof ApiError && error.problem.status === 401,
      ),
    )
  expect(performance.now() - revokedAtMs).toBeLessThan(2_000)
})

test('a session that another gateway just made is found at once, and is gone from both when it is deleted', async () => {
  await using second = await startGateway(surroundings)
  const { apiKey, client } = await linkedSession()
  const made = await client.createSession()
  expect(await second.client(apiKey).getSession(made.id)).toMatchObject({ id: made.id, status: 'starting' })
  await client.deleteSession(made.id)
  await expect(client.getSession(made.id)).rejects.toMatchObject({ problem: { code: 'session-not-found' } })
  await waitFor(() =>
    second
      .client(apiKey)
      .getSession(made.id)
      .then(
        () => false,
        () => true,
      ),
  )
  expect((await commandsOf(made.id)).map(({ type }) => type)).toEqual(['session.create', 'session.delete'])
})

test('no more sessions than allowed come into being, however many are asked for at once', async () => {
  const { client } = await linkedSession()
  const results = await Promise.allSettled(Array.from({ length: 12 }, () => client.createSession()))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
  expect((await client.listSessions()).data).toHaveLength(5)
})

test('a gateway that is told to stop answers what it has begun and exits with 0', async () => {
  const leaving = await startGateway(surroundings)
  const { apiKey, sessionId } = await linkedSession()
  const client = leaving.client(apiKey)
  await waitFor(() => client.getSession(sessionId))
  const sends = Array.from({ length: 30 }, () => client.sendMessage(sessionId, hi))
  await sends[0]
  const [code, outcomes] = await Promise.all([leaving.stop(), Promise.allSettled(sends)])
  expect(code).toBe(0)
  // Begun means that it reached the gateway: one that did not finds the connection closed, and no half answer.
  const refusals = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason)
  expect(refusals.filter((reason) => reason instanceof ApiError)).toEqual([])
})
