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

test('an answer that knows of no lock does not lift one that was told while we asked', async () => {
  const told: boolean[] = []
  const reader = createTimeLockReader(
    (found) => told.push(found !== undefined),
    () => nowMs,
  )
  await reader.ask(async () => {
    reader.told(lock({ isActive: true }))
    reader.told(lock({ isActive: false })) // the answer, handed over late
  })
  expect(told).toEqual([true])
  reader.told(lock({ isActive: false }))
  await reader.ask(async () => reader.told(lock({ isActive: false })))
  expect(told).toEqual([true, false, false])
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
