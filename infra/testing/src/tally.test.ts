import { expect, test } from 'vitest'
import { tallyOf } from './tally.ts'

const file = (status: string, tests: number) => ({ status, assertionResults: Array.from({ length: tests }) })

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
