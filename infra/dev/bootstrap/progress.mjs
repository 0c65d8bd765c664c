// One line per finished step, on standard error, so that a target's own output stays clean.

/**
 * Runs a step and prints its line when it is done: what is there now, and how long it took.
 * @typedef {<T>(work: () => Promise<string>) => Promise<void>} Report
 */

/** @returns {Report} */
export function progress() {
  let announced = false
  return async (work) => {
    if (!announced)
      process.stderr.write('Preparing .tools and node_modules (the first time, and when versions change)\n')
    announced = true
    const startedAt = performance.now()
    const what = await work()
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    process.stderr.write(`  ${what.padEnd(44)} ${seconds.padStart(6)} s\n`)
  }
}

/** Prints why the machine cannot be prepared and makes this process fail. */
export function failure(reason) {
  process.stderr.write(`\n${reason instanceof Error ? reason.message : String(reason)}\n`)
  process.exitCode = 1
}
