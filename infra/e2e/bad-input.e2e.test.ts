// What the system answers to input that it cannot use, over HTTP and straight from the broker.
import type { Problem } from '@wagate/api/problems.ts'
import type { Phone } from '@wagate/api/sandbox.ts'
import { createLinkedSession, type LinkedSession } from '@wagate/testing/linked-session.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { createKey, createTenant, type TestTenant } from '@wagate/testing/tenant.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { startWebhookReceiver } from '@wagate/testing/webhook-receiver.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAsOperator, type OperatorBroker, shardOfSession } from './src/broker.ts'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack
let broker: OperatorBroker
let tenant: TestTenant
let stranger: TestTenant
let session: LinkedSession
let closedId: string
let ana: Phone
const keys: Record<string, string> = {}

tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack()
  broker = await connectAsOperator(stack)
  tenant = await createTenant(stack)
  stranger = await createTenant(stack)
  keys.test = tenant.apiKey
  keys.live = (await createKey(stack, tenant.tenantId, { mode: 'live' })).apiKey
  keys['read-only'] = (await createKey(stack, tenant.tenantId, { scopes: ['messages:read'] })).apiKey
  keys.stranger = stranger.apiKey
  keys.mistyped = `${tenant.apiKey.slice(0, -1)}${tenant.apiKey.endsWith('A') ? 'B' : 'A'}`
  const { client } = tenant
  ana = await client.createPhone()
  session = await createLinkedSession(client)
  closedId = (await createLinkedSession(client)).sessionId
  await client.logoutSession(closedId)
  await waitFor(async () => (await client.getSession(closedId)).status === 'closed')
})
afterAll(async () => {
  await broker?.[Symbol.asyncDispose]()
  await stack?.[Symbol.asyncDispose]()
})

type Sent = { key?: string; method?: string; path: string; body?: string; type?: string }

async function ask({ key = 'test', method = 'POST', path, body, type = 'application/json' }: Sent): Promise<Response> {
  const missing = 'ses_01KAH2Z6W4V8D9Q3N5R7T1XYZC'
  const address = path
    .replace('{session}', session.sessionId)
    .replace('{closed}', closedId)
    .replace('{missing}', missing)
  const sent = body?.replace('{ana}', ana.number)
  return fetch(`${stack.url('gateway')}${address}`, {
    method,
    headers: {
      ...(keys[key] && { authorization: `Bearer ${keys[key]}` }),
      ...(sent !== undefined && { 'content-type': type }),
    },
    ...(sent !== undefined && { body: sent }),
  })
}

const messages = '/v1/sessions/{session}/messages'
const good = '{"to":"{ana}","type":"text","text":{"body":"hi"}}'

test.each<[string, Sent, number, Problem['code']]>([
  ['malformed JSON', { path: messages, body: '{"to": ' }, 400, 'malformed-json'],
  ['no body', { path: messages }, 422, 'invalid-request'],
  ['a list instead of an object', { path: messages, body: '[]' }, 422, 'invalid-request'],
  [
    'text where an object belongs',
    { path: messages, body: good.replace('{"body":"hi"}', '"hi"') },
    422,
    'invalid-request',
  ],
  ['a number where text belongs', { path: messages, body: good.replace('"hi"', '7') }, 422, 'invalid-request'],
  ['a recipient that is not a number', { path: messages, body: good.replace('{ana}', 'Ana') }, 422, 'invalid-request'],
  ['a type that is not offered', { path: messages, body: good.replace('"text"', '"fax"') }, 422, 'invalid-request'],
  ['a text with half a character', { path: messages, body: good.replace('hi', '\\ud800') }, 422, 'invalid-request'],
  ['a field nobody knows', { path: messages, body: good.replace('{', '{"cc":"x",') }, 422, 'invalid-request'],
  ['a form', { path: messages, body: 'to=1', type: 'text/plain' }, 415, 'unsupported-media-type'],
  ['over 1 MiB', { path: messages, body: good.replace('hi', 'x'.repeat(2 ** 20)) }, 413, 'body-too-large'],
  ['an unknown session', { path: '/v1/sessions/{missing}/messages', body: good }, 404, 'session-not-found'],
  ['an id that is none', { path: '/v1/sessions/..%2f..%00/messages', body: good }, 404, 'session-not-found'],
  ['a logged-out session', { path: '/v1/sessions/{closed}/messages', body: good }, 409, 'session-closed'],
  ['no key', { key: 'none', path: messages, body: good }, 401, 'api-key-missing'],
  ['a mistyped key', { key: 'mistyped', path: messages, body: good }, 401, 'api-key-invalid'],
  ['a key without the scope', { key: 'read-only', path: messages, body: good }, 403, 'scope-missing'],
  ['a key of another tenant', { key: 'stranger', path: messages, body: good }, 404, 'session-not-found'],
  ['a live key on a test session', { key: 'live', path: messages, body: good }, 404, 'session-not-found'],
  ['a live key on a sandbox phone', { key: 'live', path: '/v1/sandbox/phones', body: '{}' }, 403, 'test-key-required'],
  ['a cursor of nobody', { method: 'GET', path: `${messages}?cursor=abc` }, 422, 'invalid-cursor'],
  ['a limit that is no number', { method: 'GET', path: '/v1/chats?limit=many' }, 422, 'invalid-request'],
  ['an unknown address', { method: 'GET', path: '/v1/nothing' }, 404, 'route-not-found'],
  ['a method that is not offered', { method: 'DELETE', path: messages }, 405, 'method-not-allowed'],
])('%s is answered with a problem that says what to change', async (_, sent, status, code) => {
  const answer = await ask(sent)
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  const problem = (await answer.json()) as Problem
  expect(problem).toMatchObject({ status, code, type: `/problems/${code}`, request_id: expect.stringMatching(/./) })
  expect(answer.status).toBe(status)
  expect(problem.detail, 'a sentence').toMatch(/^(?!Invalid).+ .+\.$/)
})

test('what belongs to somebody else is the same 404 as what never was', async () => {
  const theirs = await ask({ key: 'stranger', method: 'GET', path: '/v1/sessions/{session}' })
  const nobodys = await ask({ key: 'stranger', method: 'GET', path: '/v1/sessions/{missing}' })
  const withoutRequest = async (answer: Response) => {
    const { request_id: _, ...problem } = (await answer.json()) as Problem
    return problem
  }
  expect(await withoutRequest(theirs)).toEqual(await withoutRequest(nobodys))
})

test('a number that is not on WhatsApp fails its message, with a reason, and nothing else', async () => {
  const { client } = tenant
  const body = { to: '+999000000001', type: 'text', text: { body: 'anybody?' } } as const
  const { id } = await client.sendMessage(session.sessionId, body)
  const failed = await waitFor(async () => {
    const message = await client.getMessage(id)
    return message.status === 'failed' && message
  })
  expect(failed.error).toMatchObject({ code: 'recipient-not-on-whatsapp', detail: expect.stringMatching(/./) })
})

/** The reasons of the dead letters whose original subject is this one. */
async function deadLetters(subject: string): Promise<{ consumer: string; reason: string }[]> {
  const found = []
  for await (const { headers } of broker.readSubject('DEAD_LETTERS', 'dlq.>')) {
    if (headers['Wagate-Subject'] !== subject) continue
    found.push({ consumer: headers['Wagate-Consumer'] ?? '', reason: headers['Wagate-Reason'] ?? '' })
  }
  return found
}

test('a command that does not parse goes to DEAD_LETTERS with its cause and blocks nothing behind it', async () => {
  const { client, tenantId } = tenant
  const config = await (await broker.kv('sessions')).get(`${tenantId}.${session.sessionId}.config`)
  const { partition } = JSON.parse(Buffer.from(config?.value ?? []).toString())
  const subject = `cmd.${partition}.${tenantId}.${session.sessionId}.message.send`
  await broker.publish(subject, Buffer.from('{"id": "not a comm'))
  await broker.publish(subject, Buffer.from('{"type":"message.send","id":"cmd_1"}'))
  const { id } = await client.sendMessage(session.sessionId, { to: ana.number, type: 'text', text: { body: 'behind' } })
  await waitFor(async () => (await client.getMessage(id)).status === 'delivered', { what: 'the message behind' })
  const letters = await waitFor(async () => {
    const found = await deadLetters(subject)
    return found.length >= 2 && found
  })
  expect(letters).toEqual([
    { consumer: `worker-${partition}`, reason: 'not JSON' },
    { consumer: `worker-${partition}`, reason: expect.stringContaining('tenantId') },
  ])
})

test('an event that does not parse goes to DEAD_LETTERS of every consumer and blocks nothing behind it', async () => {
  const { client, tenantId } = tenant
  await using receiver = await startWebhookReceiver()
  receiver.trust((await client.createWebhook({ url: receiver.url })).secret)
  const send = async (body: string) => {
    const { id } = await client.sendMessage(session.sessionId, { to: ana.number, type: 'text', text: { body } })
    const isThis = (data: object) => 'message_id' in data && data.message_id === id
    await waitFor(async () => (await client.getMessage(id)).status === 'delivered', { what: `the view of ${body}` })
    await waitFor(() => receiver.received.some(({ event }) => isThis(event.data)), { what: `the webhook of ${body}` })
  }
  await send('before')
  const shard = await shardOfSession(broker, { tenantId, sessionId: session.sessionId })
  const subject = `evt.${shard}.${tenantId}.${session.sessionId}.message.sent`
  await broker.publish(subject, Buffer.from('{"type":"message.sent","data":7}'))
  await send('after')
  const letters = await waitFor(async () => {
    const found = await deadLetters(subject)
    return found.length >= 2 && found
  })
  expect(letters.map(({ consumer }) => consumer).toSorted()).toEqual([`projector-${shard}`, `webhooks-${shard}`])
  for (const { reason } of letters) expect(reason).toMatch(/id|data/)
})
