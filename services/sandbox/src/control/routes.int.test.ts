import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../testing/client.ts'
import { controlToken, createWorld, receivedTexts, sendText, type World } from '../testing/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

async function call(method: string, path: string, body?: unknown, token = controlToken) {
  const response = await fetch(`${world.sandbox.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  return { status: response.status, type, json: text && type.includes('json') ? JSON.parse(text) : text }
}

test('over HTTP alone: create, scan, send both ways, read, stats, delete', async () => {
  const created = await call('POST', '/control/phones', { realm: 'http', name: 'Alice', auto_read: true })
  expect(created.status).toBe(201)
  const alice = created.json
  const bob = (await call('POST', '/control/phones', { realm: 'http', number: '+4915200000001' })).json
  expect(bob).toMatchObject({ number: '+4915200000001', online: true, auto_read: false, linked_devices: [] })
  expect(alice.id).toMatch(/^pho_[A-Za-z0-9]+$/)
  expect((await call('GET', '/control/phones?realm=http')).json.items).toHaveLength(2)
  expect((await call('GET', '/control/phones?realm=nobody')).json.items).toEqual([])

  const client = world.client()
  const scanned = await call('POST', `/control/phones/${alice.id}/scan`, { qr: await client.qr() })
  expect(scanned).toMatchObject({ status: 200, json: { device: 1 } })
  await client.open()
  const id = await sendText(client, bob.lid, 'over the wire')
  await until(() => client.acks.some((ack) => ack.id === id), 'the ack')
  await expect
    .poll(async () => (await call('GET', `/control/phones/${bob.id}/messages`)).json.items)
    .toMatchObject([
      { seq: 1, id, chat: alice.number, from: alice.number, from_me: false, text: 'over the wire', status: 'received' },
    ])
  expect((await call('GET', `/control/phones/${bob.id}/messages?after=1`)).json.items).toEqual([])
  expect((await call('POST', `/control/phones/${bob.id}/read`)).json).toEqual({ read: 1 })
  await until(() => client.statusOf(id) === 4, 'the read receipt')

  const sent = await call('POST', `/control/phones/${bob.id}/messages`, { to: alice.number, text: 'hi' })
  expect(sent).toMatchObject({ status: 202, json: { id: expect.stringMatching(/^3A[0-9A-F]{18}$/) } })
  await until(() => receivedTexts(client).includes('hi'), 'the answer')
  expect((await call('GET', '/control/stats?realm=http')).json).toMatchObject({ links: 1, undecryptable: 0 })
  expect((await call('GET', `/control/phones/${bob.id}/undecryptable`)).json).toEqual({ items: [] })
  expect((await call('POST', '/control/faults', { realm: 'http', disconnect: true })).json).toEqual({ connections: 1 })

  expect((await call('POST', `/control/phones/${alice.id}/unlink`, { device: 1 })).json).toEqual({ unlinked: 1 })
  expect((await call('DELETE', `/control/phones/${alice.id}`)).status).toBe(204)
  expect((await call('GET', `/control/phones/${alice.id}`)).status).toBe(404)
})

test.each([
  ['no phone', 'GET', '/control/phones/pho_none', undefined, 404, 'phone-not-found'],
  ['a code at no phone', 'POST', '/control/phones/pho_none/enter-code', { code: 'ABCD1234' }, 404, 'phone-not-found'],
  ['no code', 'POST', '/control/phones/pho_none/enter-code', {}, 422, 'invalid-request'],
  ['an unknown route', 'GET', '/control/nothing', undefined, 404, 'not-found'],
  ['broken JSON', 'POST', '/control/phones', '{', 422, 'invalid-request'],
  ['no realm', 'POST', '/control/phones', {}, 422, 'invalid-request'],
  ['a number that is none', 'POST', '/control/phones', { realm: 'bad', number: '12' }, 422, 'invalid-request'],
  ['an unknown member', 'POST', '/control/faults', { realm: 'bad', explode: true }, 422, 'invalid-request'],
  ['a fault without a scope', 'POST', '/control/faults', { disconnect: true }, 422, 'invalid-request'],
  ['a page that is too long', 'GET', '/control/phones/pho_none/messages?limit=9999', undefined, 422, 'invalid-request'],
  ['a huge body', 'POST', '/control/phones', `{"realm":"${'x'.repeat(2_000_000)}"}`, 413, 'body-too-large'],
])('%s is a problem with a code and a sentence', async (_name, method, path, body, status, code) => {
  const answer = await call(method, path, body)
  expect(answer).toMatchObject({
    status,
    json: { code, status, type: `/problems/${code}`, detail: expect.any(String) },
  })
  expect(answer.type).toBe('application/problem+json')
})

test('a number belongs to one phone, in any realm', async () => {
  await call('POST', '/control/phones', { realm: 'one', number: '+4915200000002' })
  const taken = await call('POST', '/control/phones', { realm: 'two', number: '+4915200000002' })
  expect(taken).toMatchObject({ status: 409, json: { code: 'number-taken' } })
})

test('without the token nothing under /control answers; health and metrics do', async () => {
  for (const path of ['/control/phones', '/control/stats', '/control/nothing']) {
    expect(await call('GET', path, undefined, 'wrong')).toMatchObject({ status: 401, json: { code: 'unauthorized' } })
  }
  expect((await call('GET', '/healthz', undefined, '')).status).toBe(200)
  expect((await call('GET', '/readyz', undefined, '')).status).toBe(200)
  const metrics = await call('GET', '/metrics', undefined, '')
  expect(metrics.json).toMatch(/^sandbox_phones \d+$/m)
  expect(metrics.json).toMatch(/^sandbox_messages_received_total \d+$/m)
})

test('a reset forgets phones, links and counters', async () => {
  await call('POST', '/control/phones', { realm: 'reset' })
  expect((await call('POST', '/control/reset')).status).toBe(204)
  expect((await call('GET', '/control/phones')).json.items).toEqual([])
  expect((await call('GET', '/control/stats')).json.messages_received).toBe(0)
})
