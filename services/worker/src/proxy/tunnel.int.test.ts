// Real connections through a real proxy, to servers that are none of ours.
import { createServer, get } from 'node:http'
import { createServer as createTlsServer, get as getSecurely } from 'node:https'
import type { AddressInfo } from 'node:net'
import { parseProxyUrl } from '@wagate/messages/proxy.ts'
import { isPublic, isWithin, parseNetworks } from '@wagate/runtime/address.ts'
import { startProxy } from '@wagate/testing/proxy-server.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { getHttpStream, uploadWithNodeHttp } from '@whiskeysockets/baileys'
import { afterAll, expect, test } from 'vitest'
import { cert, key } from '../fakes/certificate.ts'
import { failureOf } from './failed.ts'
import { openTunnel, type TunnelDeps } from './tunnel.ts'
import { wayThrough } from './way.ts'

const credentials = { username: 'ada', password: 'p@ss:word' }
const plain = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
const secure = createTlsServer({ key, cert }, ({ url }, response) =>
  response.end(url === '/up' ? JSON.stringify({ url: 'stored' }) : 'hello'),
).listen(0, '127.0.0.1')
await Promise.all(
  [plain, secure].map((server) => server.listening || new Promise((done) => server.once('listening', done))),
)
afterAll(() => {
  plain.close()
  secure.close()
})
const portOf = (server: typeof plain): number => (server.address() as AddressInfo).port

const loopback = parseNetworks('127.0.0.0/8')
const deps: TunnelDeps = { isAllowed: (address) => isWithin(address, loopback), timeoutMs: 5_000, ca: cert }

function proxyAt(url: string) {
  const parsed = parseProxyUrl(url)
  if (!parsed.ok) throw new Error(parsed.fault)
  return parsed.proxy
}

/** What a page answers, or why it was not reached. */
async function pageThrough(url: string, to: 'plain' | 'secure' = 'plain', more: Partial<TunnelDeps> = {}) {
  const isSecure = to === 'secure'
  const way = wayThrough((where) => openTunnel(proxyAt(url), where, { ...deps, ...more }), isSecure)
  const options = { host: '127.0.0.1', port: portOf(isSecure ? secure : plain), agent: way.settings.agent }
  const { promise, resolve } = Promise.withResolvers<string>()
  const request = (isSecure ? getSecurely : get)(options, async (response) => {
    const chunks = await response.toArray()
    resolve(Buffer.concat(chunks).toString())
  })
  request.once('error', (error) => resolve(failureOf(error)))
  const answer = await promise
  expect(way.failure()).toBe(answer === 'hello' ? 'no_whatsapp' : answer) // nobody said that it was reached
  way.close()
  return answer
}

test.each(['http', 'socks5', 'socks5h'] as const)('%s: in the clear and over TLS, with credentials', async (scheme) => {
  await using proxy = await startProxy({ credentials })
  expect(await pageThrough(proxy.url(scheme))).toBe('hello')
  expect(await pageThrough(proxy.url(scheme), 'secure')).toBe('hello')
  expect(proxy.asked).toEqual([`127.0.0.1:${portOf(plain)}`, `127.0.0.1:${portOf(secure)}`])
  await waitFor(() => proxy.clients() === 0, { what: 'no connection to be left' })
})

test('https: the proxy itself is spoken to over TLS, and has to be who it says', async () => {
  await using proxy = await startProxy({ credentials, tls: { key, cert } })
  expect(await pageThrough(proxy.url('https'), 'secure')).toBe('hello')
  const { ca: _, ...untrusting } = deps
  const failed = openTunnel(proxyAt(proxy.url('https')), { host: '127.0.0.1', port: 1, secure: false }, untrusting)
  await expect(failed).rejects.toMatchObject({ failure: 'certificate' })
})

test.each(['http', 'socks5h'] as const)('%s: names are left to the proxy', async (scheme) => {
  await using proxy = await startProxy()
  const to = { host: 'nobody.invalid', port: 443, secure: true }
  await expect(openTunnel(proxyAt(proxy.url(scheme)), to, deps)).rejects.toMatchObject({ failure: 'rejected' })
  expect(proxy.asked).toEqual(['nobody.invalid:443'])
})

test.each(['http', 'socks5'] as const)('%s: wrong credentials, and none', async (scheme) => {
  await using proxy = await startProxy({ credentials })
  const at = `127.0.0.1:${proxy.port}`
  expect(await pageThrough(`${scheme}://ada:wrong@${at}`)).toBe('credentials')
  expect(await pageThrough(`${scheme}://${at}`)).toBe('credentials')
  expect(proxy.asked).toEqual([])
})

test.each(['http', 'https', 'socks5'] as const)('%s: nobody there, and nobody who answers', async (scheme) => {
  await using proxy = await startProxy()
  const url = `${scheme}://127.0.0.1:${proxy.port}`
  proxy.stall(true)
  expect(await pageThrough(url, 'plain', { timeoutMs: 100 })).toBe('timeout')
  await waitFor(() => proxy.clients() === 0, { what: 'the connection to be given up' })
  await proxy.stop()
  expect(await pageThrough(url)).toBe('unreachable')
})

test.each([401, 403, 502, 301])('a proxy that answers %i says nothing about WhatsApp', async (status) => {
  await using proxy = await startProxy()
  proxy.answer(status)
  expect(await pageThrough(proxy.url())).toBe('rejected')
  expect(await pageThrough(proxy.url('socks5'))).toBe('rejected')
})

test('a server that is no proxy leads nowhere', async () => {
  expect(await pageThrough(`http://127.0.0.1:${portOf(plain)}`)).toBe('unreachable')
  expect(await pageThrough(`socks5://127.0.0.1:${portOf(plain)}`)).toBe('rejected')
})

test('a proxy that shows another certificate than the destination is found out', async () => {
  await using proxy = await startProxy()
  const { ca: _, ...untrusting } = deps
  const to = { host: '127.0.0.1', port: portOf(secure), secure: true }
  await expect(openTunnel(proxyAt(proxy.url()), to, untrusting)).rejects.toMatchObject({ failure: 'no_whatsapp' })
})

test.each(['http', 'https', 'socks5'] as const)(
  '%s: an inner address is not dialled, named or literal',
  async (scheme) => {
    await using proxy = await startProxy()
    const strict = { isAllowed: isPublic }
    expect(await pageThrough(`${scheme}://127.0.0.1:${proxy.port}`, 'plain', strict)).toBe('address_not_allowed')
    expect(await pageThrough(`${scheme}://[::ffff:7f00:1]:${proxy.port}`, 'plain', strict)).toBe('address_not_allowed')
    expect(await pageThrough(`${scheme}://localhost:${proxy.port}`, 'plain', strict)).toBe('address_not_allowed')
    expect(await pageThrough(`${scheme}://nobody.invalid:${proxy.port}`, 'plain', strict)).toBe('name_unknown')
    expect(proxy.clients()).toBe(0)
  },
)

test.each(['http', 'socks5'] as const)(
  '%s: what Baileys downloads and uploads goes the same way, or nowhere',
  async (scheme) => {
    await using proxy = await startProxy({ credentials })
    const way = wayThrough((where) => openTunnel(proxyAt(proxy.url(scheme)), where, deps), true)
    const origins = { plain: `http://127.0.0.1:${portOf(plain)}`, secure: `https://127.0.0.1:${portOf(secure)}` }
    const download = async (url: string): Promise<string> =>
      Buffer.concat(await (await getHttpStream(url, way.settings.options)).toArray()).toString()
    const upload = () =>
      uploadWithNodeHttp({
        url: `${origins.secure}/up`,
        filePath: import.meta.filename,
        headers: {},
        agent: way.settings.fetchAgent,
      })

    expect(await download(origins.plain)).toBe('hello')
    expect(await download(origins.secure)).toBe('hello')
    expect(await upload()).toEqual({ url: 'stored' })
    expect(proxy.asked).toEqual([plain, secure, secure].map((server) => `127.0.0.1:${portOf(server)}`))
    await proxy.stop()
    await expect(download(origins.plain)).rejects.toThrow('fetch failed')
    await expect(upload()).rejects.toThrow()
    way.close()
  },
)
