import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutoffs } from './limits.ts'

const now = new Date('2026-11-20T10:00:00Z')
const days = (before: Date): number => (now.getTime() - before.getTime()) / 86_400_000

test('without a choice everything is kept as long as the plan allows', () => {
  const before = cutoffs({ messages: null, chats: null, deliveries: null }, 90, now)
  expect([days(before.messages), days(before.chats), days(before.deliveries)]).toEqual([90, 90, 90])
})

test('a choice is kept, but never for longer than the plan allows, and no chat goes before its messages', () => {
  const choice = fc.record({
    messages: fc.option(fc.integer({ min: 1, max: 2_000 })),
    chats: fc.option(fc.integer({ min: 1, max: 2_000 })),
    deliveries: fc.option(fc.integer({ min: 1, max: 2_000 })),
  })
  fc.assert(
    fc.property(choice, fc.integer({ min: 1, max: 730 }), (chosen, maxDays) => {
      const before = cutoffs(chosen, maxDays, now)
      for (const kind of ['messages', 'chats', 'deliveries'] as const)
        expect(days(before[kind])).toBeLessThanOrEqual(maxDays)
      expect(days(before.messages)).toBe(Math.min(chosen.messages ?? maxDays, maxDays))
      expect(days(before.chats)).toBeGreaterThanOrEqual(days(before.messages))
    }),
  )
})
