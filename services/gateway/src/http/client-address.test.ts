import { expect, test } from 'vitest'
import { clientAddress } from './client-address.ts'

test('without proxies of ours nothing that the client says counts', () => {
  expect(clientAddress('203.0.113.7', '198.51.100.1', 0)).toBe('203.0.113.7')
  expect(clientAddress('::ffff:203.0.113.7', undefined, 0)).toBe('203.0.113.7')
})

test('behind proxies only what they appended counts', () => {
  expect(clientAddress('10.0.0.1', '1.1.1.1, 203.0.113.7', 1)).toBe('203.0.113.7')
  expect(clientAddress('10.0.0.1', '1.1.1.1, 203.0.113.7, 10.0.0.2', 2)).toBe('203.0.113.7')
})

test('a request that passed fewer proxies than it should have is known by its socket', () => {
  expect(clientAddress('10.0.0.1', undefined, 1)).toBe('10.0.0.1')
  expect(clientAddress('10.0.0.1', '203.0.113.7', 2)).toBe('10.0.0.1')
})
