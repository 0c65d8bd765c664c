import { expect, test } from 'vitest'
import { DomainError } from '../http/problem.ts'
import { checkUrl } from './check-url.ts'

const strict = { allowPrivate: false }

test.each([
  'http://example.com/hook',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://127.1/',
  'https://10.1.2.3/',
  'https://192.168.1.1/',
  'https://169.254.169.254/latest/meta-data',
  'https://100.64.0.1/',
  'https://0.0.0.0/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[fd00::1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://localhost/',
  'https://localhost./',
  'https://metadata.google.internal/',
  'https://intranet/',
  'https://user:secret@example.com/',
  'https://example.com/#part',
  'ftp://example.com/',
  'example.com',
  '',
])('%s is refused', (url) => {
  expect(() => checkUrl(url, strict)).toThrow(DomainError)
})

test('a public https address is accepted in its normal form', () => {
  expect(checkUrl('https://EXAMPLE.com/hook?a=1', strict)).toBe('https://example.com/hook?a=1')
  expect(checkUrl('https://93.184.216.34:8443/', strict)).toBe('https://93.184.216.34:8443/')
})

test('in development, plain http and the own network are accepted', () => {
  expect(checkUrl('http://127.0.0.1:9999/hook', { allowPrivate: true })).toBe('http://127.0.0.1:9999/hook')
  expect(() => checkUrl('ftp://127.0.0.1/', { allowPrivate: true })).toThrow(DomainError)
})
