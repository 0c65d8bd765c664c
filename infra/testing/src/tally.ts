export type Tally = { passed: number; failed: number }

/** What is read of Vitest's JSON report. */
export type Report = {
  numPassedTests: number
  numFailedTests: number
  testResults: {
    name: string
    status: string
    message?: string
    assertionResults: { status: string; fullName: string; failureMessages?: string[] }[]
  }[]
}

/**
 * Counts one ring. A file that could not even be loaded is a failure of its own, and so is a run that ended badly
 * (an error outside any test) although every test passed.
 */
export function tallyOf(report: Report, exitedWell: boolean): Tally {
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length
  const failed = report.numFailedTests + broken
  return { passed: report.numPassedTests, failed: failed === 0 && !exitedWell ? 1 : failed }
}

export const add = (a: Tally, b: Tally): Tally => ({ passed: a.passed + b.passed, failed: a.failed + b.failed })

/** One paragraph per failure, so that the end of a long log names them. */
export const failuresOf = (report: Report): string[] =>
  report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    if (status === 'failed' && assertionResults.length === 0) return [`${name}\n  ${message ?? 'did not load'}`]
    return assertionResults
      .filter((assertion) => assertion.status === 'failed')
      .map(
        ({ fullName, failureMessages = [] }) => `${name}: ${fullName}\n  ${failureMessages.join('\n').slice(0, 2_000)}`,
      )
  })
