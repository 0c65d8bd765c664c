import { expect, test } from 'vitest'
import { createClientAddress } from './client-address.ts'

const dashboardSecret = 'a secret of 16 characters'

function addressOf(socketAddress: string, headers: Record<string, string | undefined>, proxyHops = 0, secret?: string) {
  return createClientAddress({ proxyHops, dashboardSecret: secret })({ socketAddress, header: (name) => headers[name] })
}
const forwarded = (entries: string) => ({ 'x-forwarded-for': entries })

test('without proxies of ours nothing that the client says counts', () => {
  expect(addressOf('203.0.113.7', forwarded('198.51.100.1'))).toBe('203.0.113.7')
  expect(addressOf('::ffff:203.0.113.7', {})).toBe('203.0.113.7')
})

test('behind proxies only what they appended counts', () => {
  expect(addressOf('10.0.0.1', forwarded('1.1.1.1, 203.0.113.7'), 1)).toBe('203.0.113.7')
  expect(addressOf('10.0.0.1', forwarded('1.1.1.1, 203.0.113.7, 10.0.0.2'), 2)).toBe('203.0.113.7')
})

test('a request that passed fewer proxies than it should have is known by its socket', () => {
  expect(addressOf('10.0.0.1', {}, 1)).toBe('10.0.0.1')
  expect(addressOf('10.0.0.1', forwarded('203.0.113.7'), 2)).toBe('10.0.0.1')
})

test('the dashboard says for whom it asks, and nobody else does', () => {
  const told = { 'x-client-address': '203.0.113.7' }
  const proven = { ...told, 'x-dashboard-secret': dashboardSecret }
  expect(addressOf('10.0.0.1', proven, 0, dashboardSecret)).toBe('203.0.113.7')
  expect(addressOf('10.0.0.1', { ...proven, ...forwarded('10.0.0.9') }, 1, dashboardSecret)).toBe('203.0.113.7')
  expect(addressOf('10.0.0.1', told, 0, dashboardSecret)).toBe('10.0.0.1')
  expect(addressOf('10.0.0.1', { ...told, 'x-dashboard-secret': 'a guess' }, 0, dashboardSecret)).toBe('10.0.0.1')
  expect(addressOf('10.0.0.1', proven)).toBe('10.0.0.1')
})
