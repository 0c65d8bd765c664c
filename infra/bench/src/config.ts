// What a run measures with: from the environment of `make bench`, or from its defaults.
import { wholeNumbers } from './whole-numbers.ts'

export type BenchConfig = {
  /** How long the accept latency is measured at each rate. */
  seconds: number
  /** Sessions that send, in bare Baileys and in the pipeline. */
  sessions: number
  /** Sessions that are only linked, for memory and idle CPU. */
  idleSessions: number
  /** People that the sessions write to. */
  contacts: number
  /** Messages of the throughput comparison. */
  messages: number
  /** Write CPU profiles of every process beside the results. */
  profile: boolean
}

const numbers = {
  SECONDS: { fallback: 15, low: 3, high: 600 },
  SESSIONS: { fallback: 10, low: 1, high: 200 },
  IDLE_SESSIONS: { fallback: 50, low: 0, high: 2_000 },
  CONTACTS: { fallback: 20, low: 1, high: 1_000 },
  MESSAGES: { fallback: 3_000, low: 100, high: 100_000 },
} as const

/** One session's outbox takes 1,000 messages; some of its room is left so that no request is refused. */
const maxMessagesPerSession = 900

/** @throws with one line for every variable that cannot be used */
export function loadConfig(env: Record<string, string | undefined>): BenchConfig {
  const bad: string[] = []
  const number = wholeNumbers(env, numbers, bad)
  const config: BenchConfig = {
    seconds: number('SECONDS'),
    sessions: number('SESSIONS'),
    idleSessions: number('IDLE_SESSIONS'),
    contacts: number('CONTACTS'),
    messages: number('MESSAGES'),
    profile: Boolean(env.PROFILE),
  }
  if (config.messages > config.sessions * maxMessagesPerSession)
    bad.push(`MESSAGES=${config.messages} do not fit into the outboxes of SESSIONS=${config.sessions}`)
  if (bad.length > 0) throw new Error(bad.join('\n'))
  return config
}
