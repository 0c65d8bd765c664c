// What `make bench-pages` measures with.
import { wholeNumbers } from '../whole-numbers.ts'

export type PagesConfig = {
  /** Times that each page is opened, by a browser that has kept nothing of it. */
  runs: number
  /** Of the inbox that is scrolled. */
  chats: number
  messages: number
}

const numbers = {
  RUNS: { fallback: 5, low: 1, high: 100 },
  CHATS: { fallback: 1_000, low: 100, high: 100_000 },
  MESSAGES: { fallback: 100_000, low: 10_000, high: 10_000_000 },
} as const

/** @throws with one line for every variable that cannot be used */
export function loadConfig(env: Record<string, string | undefined>): PagesConfig {
  const bad: string[] = []
  const number = wholeNumbers(env, numbers, bad)
  const config = { runs: number('RUNS'), chats: number('CHATS'), messages: number('MESSAGES') }
  if (bad.length > 0) throw new Error(bad.join('\n'))
  return config
}
