import type { Event } from '@wagate/messages/events.ts'
import { expect, test } from 'vitest'
import { type Coverage, cover } from './coverage.ts'
import { createStory, messageIdOf } from './testing/events.ts'

const story = createStory()
const events: Event[] = [1, 2, 3, 4, 5, 6].map((n) => story.received(messageIdOf(n), { phone: '+999100200300' }))

function coveredFrom(...sequences: number[]): number | undefined {
  const coverage: Coverage = new Map()
  for (const sequence of sequences) for (const event of events.slice(sequence - 1, sequence)) cover(coverage, event)
  return [...coverage.values()][0]?.from_sequence
}

test('a session is covered from the first event that is still there', () => {
  expect(coveredFrom(1, 2, 3)).toBe(1)
  expect(coveredFrom(3, 4, 5)).toBe(3)
  expect(coveredFrom()).toBeUndefined()
})

test('events that come again cover nothing more, and leave no hole', () => {
  expect(coveredFrom(2, 3, 2, 3, 4)).toBe(2)
  expect(coveredFrom(3, 4, 1, 5)).toBe(3)
})

test('behind a hole it is covered anew', () => {
  expect(coveredFrom(1, 2, 5, 6)).toBe(5)
})

test('each session by itself', () => {
  const coverage: Coverage = new Map()
  const other = createStory('other')
  for (const event of [events[1], other.created(), events[2]]) if (event) cover(coverage, event)
  expect([...coverage.values()].map((one) => [one.session_id, one.from_sequence])).toEqual([
    [story.sessionId, 2],
    [other.sessionId, 1],
  ])
})
