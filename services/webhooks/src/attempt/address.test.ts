import { AddressNotAllowed } from '@wagate/runtime/address.ts'
import { expect, test } from 'vitest'
import { checkTarget, mayDial } from './address.ts'

const strict = { allowPrivate: false }

test.each([
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0177.0.0.1/',
  'https://127.1/',
  'https://0.0.0.0/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://100.64.0.1/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[fe80::1]/',
  'https://[fc00::1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001:db8::1]/',
  'https://user@example.com/',
  'https://:pass@example.com/',
  'http://example.com/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'nonsense',
])('%s is not called', (url) => {
  expect(() => checkTarget(url, strict)).toThrow(AddressNotAllowed)
})

test.each([
  'https://example.com/hook',
  'https://93.184.216.34/',
  'https://[2606:4700::1111]/',
  'https://127.0.0.1.example.com/',
])('%s is called', (url) => {
  expect(checkTarget(url, strict).protocol).toBe('https:')
})

test('with private endpoints allowed, a local receiver is called over http', () => {
  expect(checkTarget('http://127.0.0.1:9000/hook', { allowPrivate: true }).port).toBe('9000')
})

test('what a name resolves to is dialled when it is public, or when private endpoints are allowed', () => {
  expect(mayDial(strict)('93.184.216.34')).toBe(true)
  expect(mayDial(strict)('10.0.0.1')).toBe(false)
  expect(mayDial({ allowPrivate: true })('10.0.0.1')).toBe(true)
})
