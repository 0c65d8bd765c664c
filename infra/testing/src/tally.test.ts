import { expect, test } from 'vitest'
import { failuresOf, tallyOf } from './tally.ts'

const file = (status: string, tests: number) => ({
  name: 'a.test.ts',
  status,
  assertionResults: Array.from({ length: tests }, (_, n) => ({
    status,
    fullName: `test ${n}`,
    failureMessages: ['why'],
  })),
})

test('passed and failed tests are counted', () => {
  const report = { numPassedTests: 5, numFailedTests: 2, testResults: [file('failed', 7)] }
  expect(tallyOf(report, false)).toEqual({ passed: 5, failed: 2 })
})

test('a file that does not load is a failure', () => {
  const report = { numPassedTests: 5, numFailedTests: 0, testResults: [file('passed', 5), file('failed', 0)] }
  expect(tallyOf(report, false)).toEqual({ passed: 5, failed: 1 })
})

test('a bad exit is never reported as success', () => {
  const report = { numPassedTests: 5, numFailedTests: 0, testResults: [file('passed', 5)] }
  expect(tallyOf(report, false)).toEqual({ passed: 5, failed: 1 })
})

test('each failure is named with its file and its reason', () => {
  const testResults = [file('passed', 2), file('failed', 1), { ...file('failed', 0), message: 'no such module' }]
  expect(failuresOf({ numPassedTests: 2, numFailedTests: 1, testResults })).toEqual([
    'a.test.ts: test 0\n  why',
    'a.test.ts\n  no such module',
  ])
})
