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
  expect(leaseStanding(1_000, 1_000 + ageMs, leaseLimits(20_000))).toBe(standing)
})

test('sockets are closed before anybody else can claim the partition', () => {
  for (const ttlMs of [2_000, 4_000, 20_000]) {
    const { quietMs, closeMs } = leaseLimits(ttlMs)
    expect(quietMs).toBeLessThan(closeMs)
    expect(closeMs).toBeLessThan(ttlMs * 0.9)
  }
})
