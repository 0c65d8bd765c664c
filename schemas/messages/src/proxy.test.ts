import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatProxyUrl, parseProxyUrl, proxySchemes } from './proxy.ts'

test.each([
  ['http://proxy.example:80', { scheme: 'http', host: 'proxy.example', port: 80 }],
  ['https://proxy.example:443/', { scheme: 'https', host: 'proxy.example', port: 443 }],
  ['SOCKS5://Proxy.Example.:1080', { scheme: 'socks5', host: 'proxy.example', port: 1080 }],
  ['socks5h://[2001:db8::1]:1080', { scheme: 'socks5h', host: '2001:db8::1', port: 1080 }],
  ['http://0x7f.1:3128', { scheme: 'http', host: '127.0.0.1', port: 3128 }],
])('%s is understood', (text, proxy) => {
  expect(parseProxyUrl(text)).toEqual({ ok: true, proxy: { ...proxy, credentials: undefined } })
})

test('credentials are percent-decoded', () => {
  expect(parseProxyUrl('http://ada%40x:p%2Fw%3A%23@h.example:1')).toMatchObject({
    proxy: { credentials: { username: 'ada@x', password: 'p/w:#' } },
  })
})

test.each([
  ['', 'form'],
  ['proxy.example:3128', 'form'],
  ['http://a b.example:3128', 'form'],
  ['http:\\\\proxy.example:3128', 'form'],
  ['http://proxy.example:65536', 'form'],
  ['ftp://proxy.example:21', 'scheme'],
  ['socks4://proxy.example:1080', 'scheme'],
  ['file:///etc/passwd', 'scheme'],
  ['http://:3128', 'host'],
  ['http://user:secret@:3128', 'host'],
  ['http://', 'host'],
  ['http://proxy.example', 'port'],
  ['socks5://proxy.example:0', 'port'],
  ['http://proxy.example:3128/path', 'rest'],
  ['http://proxy.example:3128?x=1', 'rest'],
  ['http://proxy.example:3128/?', 'rest'],
  ['http://proxy.example:3128#x', 'rest'],
  ['http://user@proxy.example:3128', 'credentials'],
  ['http://:secret@proxy.example:3128', 'credentials'],
  ['http://a%3Ab:secret@proxy.example:3128', 'credentials'],
  ['http://a:%0d%0aX@proxy.example:3128', 'credentials'],
  ['http://a:%ff@proxy.example:3128', 'credentials'],
  [`http://a:${'x'.repeat(256)}@proxy.example:3128`, 'credentials'],
  [`http://${'x'.repeat(1_000)}:3128`, 'length'],
])('%s is refused: %s', (text, fault) => {
  expect(parseProxyUrl(text)).toEqual({ ok: false, fault })
})

test('what is formatted is read back as it was', () => {
  const word = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => !/\p{Cc}/u.test(text) && text.isWellFormed())
  const proxies = fc.record({
    scheme: fc.constantFrom(...proxySchemes),
    host: fc.oneof(fc.domain(), fc.ipV4(), fc.constant('2001:db8::1')),
    port: fc.integer({ min: 1, max: 65_535 }),
    credentials: fc.option(fc.record({ username: word.filter((text) => !text.includes(':')), password: word }), {
      nil: undefined,
    }),
  })
  fc.assert(
    fc.property(proxies, (proxy) => {
      expect(parseProxyUrl(formatProxyUrl(proxy))).toEqual({
        ok: true,
        proxy: { ...proxy, host: proxy.host.toLowerCase() },
      })
    }),
  )
})

test('nothing makes it throw', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.string().map((rest) => `socks5://${rest}`),
  )
  fc.assert(fc.property(texts, (text) => void parseProxyUrl(text)))
})
