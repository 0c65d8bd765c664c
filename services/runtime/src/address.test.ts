import type { LookupAddress } from 'node:dns'
import { expect, test } from 'vitest'
import {
  AddressNotAllowed,
  isInnerHost,
  isPublic,
  isWithin,
  limitedAs,
  networkOf,
  parseNetworks,
  vettedLookup,
} from './address.ts'

test.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:12:3456::7', '2001:db8:12::/48'],
  ['fe80::1%eth0', 'fe80::/48'],
  ['example.com', undefined],
])('%s is in the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test.each([
  ['203.0.113.77', '203.0.113.77'],
  ['::ffff:203.0.113.77', '203.0.113.77'],
  ['2001:db8:12:3456::7', '2001:db8:12:3456::/64'],
  ['2001:DB8:12:3456:ffff:1:2:3', '2001:db8:12:3456::/64'],
  ['2001:db8:12:3457::7', '2001:db8:12:3457::/64'],
  ['unknown', 'unknown'],
])('%s is counted as %s', (address, counted) => {
  expect(limitedAs(address)).toBe(counted)
})

test.each([
  ['93.184.216.34', true],
  ['2606:4700::1111', true],
  ['10.0.0.1', false],
  ['127.0.0.1', false],
  ['169.254.169.254', false],
  ['100.64.0.1', false],
  ['::1', false],
  ['::ffff:127.0.0.1', false],
  ['fe80::1', false],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['example.com', false],
])('%s is public: %s', (address, answer) => {
  expect(isPublic(address)).toBe(answer)
})

test.each([
  ['example.com', false],
  ['127.0.0.1.example.com', false],
  ['93.184.216.34', false],
  ['localhost', true],
  ['intranet', true],
  ['metadata.google.internal.', true],
  ['[::1]', true],
])('%s is a host of the inside: %s', (host, answer) => {
  expect(isInnerHost(host)).toBe(answer)
})

test('networks hold their own addresses, of their own kind, in every spelling', () => {
  const networks = parseNetworks('10.20.0.0/16, ::1/128')
  expect(isWithin('10.20.3.4', networks)).toBe(true)
  expect(isWithin('::ffff:10.20.3.4', networks)).toBe(true)
  expect(isWithin('::1', networks)).toBe(true)
  expect(isWithin('10.21.0.1', networks)).toBe(false)
  expect(isWithin('example.com', networks)).toBe(false)
  expect(() => parseNetworks('10.20.0.0')).toThrow()
})

type Answer = { error: Error | null; addresses: string | LookupAddress[] }
const lookUp = (resolved: LookupAddress[], all = true): Promise<Answer> => {
  // The overloads of dns.lookup cannot be met by a function; only the shape that is called matters.
  const fake = ((_name: string, _options: object, callback: (error: null, found: LookupAddress[]) => void) =>
    callback(null, resolved)) as typeof import('node:dns').lookup
  return new Promise((done) =>
    vettedLookup(isPublic, fake)('name.example', { all }, (error, addresses) => done({ error, addresses })),
  )
}
const open = { address: '93.184.216.34', family: 4 }
const inner = { address: '10.0.0.1', family: 4 }

test('a name is dialled at its allowed addresses only', async () => {
  expect(await lookUp([inner, open])).toEqual({ error: null, addresses: [open] })
  expect(await lookUp([inner, open], false)).toEqual({ error: null, addresses: open.address })
})

test('a name without an allowed address is refused', async () => {
  expect((await lookUp([inner, { address: '::1', family: 6 }])).error).toBeInstanceOf(AddressNotAllowed)
})
