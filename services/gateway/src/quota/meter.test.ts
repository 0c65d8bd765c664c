import fc from 'fast-check'
import { expect, test } from 'vitest'
import { simulateMeters } from '../fakes/meters.ts'

/** A network of gateways that know each other, and who was let through: `send` asks gateway `n` after so many ms. */
async function network(size: number, limit: number, delayMs: () => number = () => 1) {
  const meters = simulateMeters(delayMs)
  for (let n = 0; n < size; n++) meters.join()
  await meters.runUntil(500)
  const accepted: { gateway: number; giveBack: () => void }[] = []
  const refused: number[] = []
  const send = (afterMs: number, gateway: number, account = 'ten_a') =>
    meters.at(afterMs, async () => {
      const taken = await meters.meter(gateway).take(account, limit)
      if (taken) accepted.push({ gateway, ...taken })
      else refused.push(gateway)
    })
  return { meters, accepted, refused, send }
}

test('however messages are spread over three gateways, the limit is kept, and used up by those who come for more', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(1, 7, 30, 100),
      fc.array(fc.record({ gateway: fc.nat(2), gapMs: fc.nat(4) }), { minLength: 150, maxLength: 150 }),
      fc.array(fc.nat(6), { minLength: 5, maxLength: 20 }),
      async (limit, arrivals, delays) => {
        let told = 0
        const { meters, accepted, refused, send } = await network(
          3,
          limit,
          () => 0.2 + (delays[told++ % delays.length] ?? 0),
        )
        let atMs = 1_000
        for (const { gateway, gapMs } of arrivals) {
          atMs += gapMs
          send(atMs, gateway)
        }
        await meters.runUntil(atMs + 5_000)
        expect(accepted.length + refused.length).toBe(arrivals.length)
        expect(accepted.length).toBe(limit)
      },
    ),
    { numRuns: 60 },
  )
})

test('an account that sends less than it may is never refused, and few words are needed', async () => {
  const { meters, accepted, refused, send } = await network(3, 300)
  for (let n = 0; n < 120; n++) send(1_000 + n * 100, n % 3)
  await meters.runUntil(25_000)
  expect([accepted.length, refused.length]).toEqual([120, 0])
})

test('a burst at one gateway gets the whole limit, although the others have been set something aside', async () => {
  const { meters, accepted, send } = await network(3, 30)
  send(1_000, 1)
  send(1_000, 2)
  for (let n = 0; n < 60; n++) send(1_100, 0)
  await meters.runUntil(5_000)
  expect(accepted).toHaveLength(30)
})

test('every gateway knows what all of them have accepted', async () => {
  const { meters, send } = await network(3, 300)
  for (let n = 0; n < 90; n++) send(1_000 + n, n % 3)
  await meters.runUntil(4_000)
  expect([0, 1, 2].map((n) => meters.meter(n).spent('ten_a'))).toEqual([90, 90, 90])
})

test('the next minute begins anew', async () => {
  const { meters, accepted, send } = await network(3, 10)
  for (let n = 0; n < 20; n++) send(1_000 + n, n % 3)
  for (let n = 0; n < 20; n++) send(31_000 + n, n % 3)
  await meters.runUntil(29_000)
  expect(accepted).toHaveLength(10)
  await meters.runUntil(40_000)
  expect(accepted).toHaveLength(20)
})

test('at the turn of the minute questions about the one that ends are still answered: it is used up, and nobody is given up', async () => {
  const { meters, accepted, refused, send } = await network(3, 20, () => 5)
  for (let n = 0; n < 60; n++) send(29_990 + n / 6, n % 3)
  for (let n = 0; n < 60; n++) send(30_000 + n / 6, n % 3)
  await meters.runUntil(40_000)
  expect([accepted.length, refused.length]).toEqual([40, 80])
  expect([meters.silences(), ...[0, 1, 2].map((n) => meters.meter(n).members())]).toEqual([0, 3, 3, 3])
})

test('what is given back after the turn of the minute does not hide what the new one has', async () => {
  const { meters, accepted, send } = await network(2, 300)
  send(29_000, 0)
  send(31_100, 0)
  meters.at(31_200, () => accepted[0]?.giveBack())
  await meters.runUntil(33_000)
  expect(meters.meter(1).spent('ten_a')).toBe(1)
})

test('what was not accepted after all can be accepted again, by any gateway', async () => {
  const { meters, accepted, send } = await network(3, 10)
  for (let n = 0; n < 10; n++) send(1_000 + n, 0)
  await meters.runUntil(2_000)
  for (const taken of accepted.splice(0)) taken.giveBack()
  await meters.runUntil(5_000)
  for (let n = 0; n < 20; n++) send(5_000 + n, 1 + (n % 2))
  await meters.runUntil(8_000)
  expect(accepted).toHaveLength(10)
})

test('when a gateway dies, what it had accepted counts on, and what it had been set aside is free again', async () => {
  const { meters, accepted, send } = await network(3, 60)
  for (let n = 0; n < 5; n++) send(1_000 + n, 2)
  await meters.runUntil(3_000)
  meters.kill(2)
  for (let n = 0; n < 100; n++) send(8_000 + n, n % 2)
  await meters.runUntil(12_000)
  expect(accepted).toHaveLength(60)
})

test('a gateway that does not answer delays the others once, not each message', async () => {
  const { meters, accepted, send } = await network(3, 60)
  meters.kill(2)
  for (let n = 0; n < 100; n++) send(1_000 + n, n % 2)
  await meters.runUntil(2_000)
  expect(accepted).toHaveLength(60)
  expect(meters.silences()).toBeLessThanOrEqual(2)
})

test('a gateway that comes up within the minute makes it no larger', async () => {
  const { meters, accepted, send } = await network(2, 40)
  for (let n = 0; n < 38; n++) send(1_000 + n, n % 2)
  await meters.runUntil(3_000)
  expect(meters.join()).toBe(2)
  await meters.runUntil(4_000)
  for (let n = 0; n < 30; n++) send(4_000 + n, 2)
  await meters.runUntil(8_000)
  expect(accepted).toHaveLength(40)
})

test('accounts do not take from each other, and a test account is one of its own', async () => {
  const { meters, accepted, send } = await network(2, 5)
  for (let n = 0; n < 10; n++) for (const account of ['ten_a', 'ten_b', 'ten_a.test']) send(1_000 + n, n % 2, account)
  await meters.runUntil(5_000)
  expect(accepted).toHaveLength(15)
})

test('a gateway alone accepts exactly the limit', async () => {
  const { meters, accepted, send } = await network(1, 7)
  for (let n = 0; n < 20; n++) send(1_000, 0)
  await meters.runUntil(2_000)
  expect(accepted).toHaveLength(7)
})
