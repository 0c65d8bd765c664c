import { expect, test } from 'vitest'
import type { Outcome } from './broker.ts'
import { finalOutcome } from './settle.ts'

const retry: Outcome = { kind: 'retry', afterMs: 10, reason: 'busy' }

test('a retry stays one until the last attempt, which rejects', () => {
  expect(finalOutcome(retry, 7, 8)).toBe(retry)
  expect(finalOutcome(retry, 8, 8)).toEqual({ kind: 'reject', reason: 'gave up after 8 attempts: busy' })
  expect(finalOutcome(retry, 9, 8)).toMatchObject({ kind: 'reject' })
})

test('what is put off is never given up', () => {
  const later: Outcome = { kind: 'later', afterMs: 10, reason: 'the outbox is full' }
  expect(finalOutcome(later, 1_000_000, 8)).toBe(later)
})

test('done and reject are final as they are', () => {
  const outcomes: Outcome[] = [{ kind: 'done' }, { kind: 'reject', reason: 'bad' }]
  for (const outcome of outcomes) expect(finalOutcome(outcome, 8, 8)).toBe(outcome)
})
