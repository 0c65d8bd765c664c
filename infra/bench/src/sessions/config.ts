// What `make bench-sessions` measures with.
import { wholeNumbers } from '../whole-numbers.ts'

export type SessionsConfig = {
  sessions: number
  contacts: number
  messages: number
  /** Messages a second in each direction of the steady part, over all sessions. */
  sendPerSecond: number
  receivePerSecond: number
  steadySeconds: number
  idleSeconds: number
  /** Write CPU profiles and heap snapshots of the engines. */
  profile: boolean
}

const numbers = {
  N: { fallback: 1_000, low: 1, high: 5_000 },
  CONTACTS: { fallback: 50, low: 1, high: 10_000 },
  MESSAGES: { fallback: 20, low: 0, high: 1_000 },
  SEND: { fallback: 20, low: 1, high: 500 },
  RECEIVE: { fallback: 10, low: 1, high: 500 },
  SECONDS: { fallback: 60, low: 5, high: 3_600 },
  IDLE_SECONDS: { fallback: 30, low: 5, high: 600 },
} as const

/** @throws with one line for every variable that cannot be used */
export function loadConfig(env: Record<string, string | undefined>): SessionsConfig {
  const bad: string[] = []
  const number = wholeNumbers(env, numbers, bad)
  const config: SessionsConfig = {
    sessions: number('N'),
    contacts: number('CONTACTS'),
    messages: number('MESSAGES'),
    sendPerSecond: number('SEND'),
    receivePerSecond: number('RECEIVE'),
    steadySeconds: number('SECONDS'),
    idleSeconds: number('IDLE_SECONDS'),
    profile: Boolean(env.PROFILE),
  }
  if (bad.length > 0) throw new Error(bad.join('\n'))
  return config
}
