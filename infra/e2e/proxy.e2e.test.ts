// A session's proxy over HTTP: set, changed, lost and found again, taken along by the next engine, and never shown.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connected, link } from '@wagate/testing/linked-session.ts'
import { startProxy } from '@wagate/testing/proxy-server.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { createTenant } from '@wagate/testing/tenant.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAsOperator } from './src/broker.ts'
import { problemOf } from './src/problem.ts'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack
tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack?.[Symbol.asyncDispose]())

const patience = { deadlineMs: 60_000 }
const credentials = { username: 'e2e-user', password: 'e2e-password-never-seen' }

test('a session writes and hears through its proxy, waits for it, keeps it at a takeover, gets rid of it, and leaves nothing of it', async () => {
  await using proxy = await startProxy({ credentials })
  const { client, tenantId } = await createTenant(stack)
  const owner = await client.createPhone()
  const customer = await client.createPhone()
  const made = await client.createSession({ proxy: proxy.url('socks5h') })
  const shown = { scheme: 'socks5h', host: '127.0.0.1', port: proxy.port, has_credentials: true, failure: null }
  expect(made.proxy).toEqual(shown)
  await link(client, made.id, owner)

  const deliver = async (body: string): Promise<void> => {
    await client.sendMessage(made.id, { to: customer.number, type: 'text', text: { body } })
    const arrived = async () => (await client.listPhoneMessages(customer.id)).data.some(({ text }) => text === body)
    await waitFor(arrived, { what: `"${body}" on the phone`, ...patience })
  }
  await deliver('by socks')
  expect(proxy.clients()).toBe(1)

  await client.updateSession(made.id, { proxy: proxy.url('http') })
  await deliver('by http')
  await proxy.stop()
  const failing = async () => (await client.getSession(made.id)).reason === 'proxy_failing'
  await waitFor(failing, { what: 'the session to tell that its proxy fails', ...patience })
  expect((await client.getSession(made.id)).proxy?.failure).toMatchObject({ reason: 'unreachable' })
  expect(await client.getSessionHealth(made.id)).toMatchObject({ verdict: 'action_needed' })
  await proxy.start()
  await connected(client, made.id)
  await deliver('it is back')

  const asked = proxy.asked.length
  await stack.kill('worker')
  await stack.start()
  await connected(client, made.id)
  await deliver('by another worker')
  expect(proxy.asked.length).toBeGreaterThan(asked)

  expect((await client.updateSession(made.id, { proxy: null })).proxy).toBeNull()
  await waitFor(() => proxy.clients() === 0, { what: 'the proxy to be left', ...patience })
  await deliver('directly')
  expect((await client.listPhoneMessages(customer.id)).data).toHaveLength(5)

  await client.updateSession(made.id, { proxy: proxy.url('http') })
  await using broker = await connectAsOperator(stack)
  const stored: string[] = []
  for (const stream of ['KV_sessions', 'KV_idempotency', 'SESSION_LOG', 'EVENTS', 'COMMANDS'])
    for await (const { data } of broker.readSubject(stream, '>')) stored.push(Buffer.from(data).toString('latin1'))
  expect(stored.join('')).toContain('"sealed"')
  expect(stored.join('')).not.toContain(credentials.password)
  await client.deleteSession(made.id)
  const config = `${tenantId}.${made.id}.config`
  const sessions = await broker.kv('sessions')
  await waitFor(async () => !(await sessions.get(config)), { what: 'the session to be forgotten', ...patience })
  for await (const { data } of broker.readSubject('KV_sessions', '>'))
    expect(Buffer.from(data).toString()).not.toContain('sealed')

  const metadata = await problemOf(client.createSession({ proxy: 'http://169.254.169.254:80' }))
  expect(metadata).toMatchObject({ code: 'proxy-refused' })
  const logs = readdirSync(stack.logs).map((name) => readFileSync(join(stack.logs, name), 'utf8'))
  expect(logs.join('')).toContain('session.proxy_failing')
  expect(logs.join('')).not.toContain(credentials.password)
})
