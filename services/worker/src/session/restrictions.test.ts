import type { NewChatMessageCapInfo, ReachoutTimelockState } from '@whiskeysockets/baileys'
import { expect, test } from 'vitest'
import { createTimeLockReader, newChatCapOf, timeLockOf } from './restrictions.ts'

const nowMs = Date.parse('2026-01-01T12:00:00.000Z')
const day = 24 * 60 * 60_000
const lock = (state: object): ReachoutTimelockState => state
const cap = (info: object): NewChatMessageCapInfo => info

test('a time-lock lasts until WhatsApp says, a day when it does not, and not at all when it is over', () => {
  const ends = new Date(nowMs + 60_000)
  expect(
    timeLockOf(lock({ isActive: true, timeEnforcementEnds: ends, enforcementType: 'WEB_COMPANION_ONLY' }), nowMs),
  ).toEqual({ detail: 'WEB_COMPANION_ONLY', untilMs: nowMs + 60_000 })
  expect(timeLockOf(lock({ isActive: true }), nowMs)).toEqual({ detail: 'DEFAULT', untilMs: nowMs + day })
  expect(timeLockOf(lock({ isActive: false }), nowMs)).toBeUndefined()
  expect(timeLockOf(lock({ isActive: true, timeEnforcementEnds: new Date(nowMs - 1) }), nowMs)).toBeUndefined()
})

test.each([
  { order: [true, false], truth: true },
  { order: [false, true], truth: true },
  { order: [true, false], truth: false },
  { order: [false, true], truth: false },
])(
  'an answer and a notification that contradict each other ($order) are settled by asking again: $truth',
  async ({ order, truth }) => {
    const told: boolean[] = []
    const reader = createTimeLockReader(
      (found) => told.push(found !== undefined),
      () => nowMs,
    )
    let questions = 0
    await reader.ask(async () => {
      questions += 1
      for (const isActive of questions === 1 ? order : [truth]) reader.told(lock({ isActive }))
    })
    expect(questions).toBe(2)
    expect(told.at(-1)).toBe(truth)
  },
)

test('what is told while nobody asks counts at once, and what never agrees leaves the lock', async () => {
  const told: boolean[] = []
  const reader = createTimeLockReader(
    (found) => told.push(found !== undefined),
    () => nowMs,
  )
  reader.told(lock({ isActive: true }))
  reader.told(lock({ isActive: false }))
  expect(told).toEqual([true, false])
  await reader.ask(async () => {
    reader.told(lock({ isActive: false }))
    reader.told(lock({ isActive: true }))
  })
  expect(told.slice(2)).toEqual([true, true, true])
  await reader.ask(async () => reader.told(lock({ isActive: false })))
  expect(told.at(-1)).toBe(false)
})

test('only a cap that is reached restricts, until its cycle ends', () => {
  const reached = {
    capping_status: 'CAPPED',
    total_quota: 50,
    used_quota: 50,
    cycle_end_timestamp: `${nowMs / 1_000 + 60}`,
  }
  expect(newChatCapOf(cap(reached), nowMs)).toEqual({ detail: 'CAPPED 50 of 50 used', untilMs: nowMs + 60_000 })
  expect(newChatCapOf(cap({ capping_status: 'CAPPED' }), nowMs)).toEqual({ detail: 'CAPPED', untilMs: nowMs + day })
  for (const capping_status of ['NONE', 'FIRST_WARNING', 'SECOND_WARNING'])
    expect(newChatCapOf(cap({ ...reached, capping_status }), nowMs)).toBeUndefined()
})
