// What `make bench-pages` measures with.
import { wholeNumbers } from '../whole-numbers.ts'

export type PagesConfig = {
  /** Times that each page is opened, by a browser that has kept nothing of it. */
  runs: number
}

const numbers = { RUNS: { fallback: 5, low: 1, high: 100 } } as const

/** @throws with one line for every variable that cannot be used */
export function loadConfig(env: Record<string, string | undefined>): PagesConfig {
  const bad: string[] = []
  const number = wholeNumbers(env, numbers, bad)
  const config = { runs: number('RUNS') }
  if (bad.length > 0) throw new Error(bad.join('\n'))
  return config
}
