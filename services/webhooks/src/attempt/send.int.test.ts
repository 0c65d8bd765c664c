import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { startReceiver } from '../testing/receiver.ts'
import { createSender } from './send.ts'
import { signingKey } from './sign.ts'

const secret = `whsec_${randomBytes(24).toString('base64')}`
const now = () => new Date()
const open = (config = {}) =>
  createSender({ timeoutMs: 2_000, maxResponseBytes: 65_536, allowPrivate: true, ...config }, now)
const request = (url: string) => ({
  url,
  key: signingKey(secret),
  eventId: 'evt_1',
  resends: 0,
  body: '{"type":"message.sent"}',
})

test('a receiver gets the body, and headers that its library verifies', async () => {
  await using receiver = await startReceiver()
  const sender = open()
  expect(await sender.send(request(`${receiver.url}/hook?x=1`))).toEqual({
    outcome: { kind: 'delivered' },
    statusCode: 204,
    error: null,
    responseBody: null,
  })
  const [got] = receiver.requests
  expect(got?.path).toBe('/hook?x=1')
  expect(got?.headers['content-type']).toBe('application/json')
  const headers = Object.fromEntries(Object.entries(got?.headers ?? {}).map(([name, value]) => [name, String(value)]))
  expect(new Webhook(secret).verify(got?.body ?? '', headers)).toEqual({ type: 'message.sent' })
  await sender.close()
})

test('each answer is told apart', async () => {
  await using receiver = await startReceiver(({ path }) => {
    if (path === '/redirect') return (response) => response.writeHead(302, { location: '/elsewhere' }).end()
    if (path === '/busy') return (response) => response.writeHead(429, { 'retry-after': '7' }).end()
    if (path === '/cut') return (response) => response.destroy()
    return Number(path.slice(1))
  })
  const sender = open()
  const send = (path: string) => sender.send(request(receiver.url + path))
  expect(await send('/500')).toMatchObject({ outcome: { kind: 'failed' }, statusCode: 500, error: 'status' })
  expect(await send('/410')).toMatchObject({ outcome: { kind: 'gone' }, statusCode: 410 })
  expect(await send('/redirect')).toMatchObject({ outcome: { kind: 'failed' }, statusCode: 302, error: 'redirect' })
  expect(await send('/busy')).toMatchObject({ outcome: { kind: 'failed', retryAfterMs: 7_000 }, statusCode: 429 })
  expect(await send('/cut')).toMatchObject({ outcome: { kind: 'failed' }, statusCode: null, error: 'connect' })
  expect(receiver.requests.filter(({ path }) => path === '/elsewhere')).toEqual([])
  expect(await sender.send(request('http://127.0.0.1:1/'))).toMatchObject({ error: 'connect' })
  expect(await sender.send(request('https://name.invalid/'))).toMatchObject({ error: 'dns' })
  expect(await sender.send(request(receiver.url.replace('http:', 'https:')))).toMatchObject({ error: 'tls' })
  await sender.close()
})

test('an endpoint that never answers is given up at the timeout; one that answers 200 and never ends has it', async () => {
  await using receiver = await startReceiver(({ path }) =>
    path === '/hang' ? 'hang' : (response) => void response.writeHead(200).write('and so on '),
  )
  const sender = open({ timeoutMs: 300 })
  const startedMs = performance.now()
  const results = await Promise.all(['/hang', '/drip'].map((path) => sender.send(request(receiver.url + path))))
  expect(results.map((result) => result.error)).toEqual(['timeout', null])
  expect(performance.now() - startedMs).toBeLessThan(1_500)
  await sender.close()
})

test('an endless answer is read to the limit only', async () => {
  let written = 0
  await using receiver = await startReceiver(() => (response) => {
    response.writeHead(200)
    const pour = () => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384))) written += 16_384
    }
    response.on('drain', pour)
    pour()
  })
  const sender = open()
  expect(await sender.send(request(receiver.url))).toMatchObject({ outcome: { kind: 'delivered' }, statusCode: 200 })
  expect(written).toBeLessThan(8 * 1_024 * 1_024)
  await sender.close()
})

test('of an answer that is no success the beginning is kept, and of a success nothing', async () => {
  await using receiver = await startReceiver(({ path }) => (response) => {
    response.writeHead(path === '/good' ? 200 : 400, { 'content-type': 'text/plain' }).end('é'.repeat(40_000))
  })
  const sender = open()
  expect(await sender.send(request(`${receiver.url}/good`))).toMatchObject({ responseBody: null })
  expect(await sender.send(request(`${receiver.url}/bad`))).toMatchObject({ responseBody: 'é'.repeat(1_024) })
  await sender.close()
})

test('without private endpoints, no spelling of a local address is dialled', async () => {
  await using receiver = await startReceiver()
  const port = new URL(receiver.url).port
  const sender = open({ allowPrivate: false })
  for (const host of ['127.0.0.1', '127.1', '2130706433', '[::ffff:127.0.0.1]', 'localhost'])
    expect(await sender.send(request(`https://${host}:${port}/`))).toMatchObject({ error: 'address_not_allowed' })
  expect(receiver.requests).toEqual([])
  await sender.close()
})
