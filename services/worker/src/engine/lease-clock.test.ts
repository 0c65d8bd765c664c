import { expect, test } from 'vitest'
import { leaseLimits, leaseStanding } from './lease-clock.ts'

test.each([
  [0, 'open'],
  [13_999, 'open'],
  [14_000, 'quiet'],
  [16_999, 'quiet'],
  [17_000, 'close'],
  [60_000, 'close'],
])('%i ms after its last renewal a lease is %s', (ageMs, standing) => {
  expect(leaseStanding(1_000, 1_000 + ageMs, leaseLimits)).toBe(standing)
})

test('sockets are closed before anybody else can claim the partition', () => {
  expect(leaseLimits.quietMs).toBeLessThan(leaseLimits.closeMs)
  expect(leaseLimits.closeMs).toBeLessThan(20_000)
})
