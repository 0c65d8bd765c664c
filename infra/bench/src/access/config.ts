// What `make bench-access` measures with.
import { wholeNumbers } from '../whole-numbers.ts'

export type AccessConfig = {
  tenants: number
  /** Of all tenants together. */
  keys: number
  /** Key checks inside of this process. */
  checks: number
  /** HTTP requests of each kind and round. */
  requests: number
  rounds: number
  revocations: number
}

const numbers = {
  TENANTS: { fallback: 500, low: 1, high: 10_000 },
  KEYS: { fallback: 2_000, low: 1, high: 100_000 },
  CHECKS: { fallback: 100_000, low: 1_000, high: 10_000_000 },
  REQUESTS: { fallback: 2_000, low: 100, high: 100_000 },
  ROUNDS: { fallback: 6, low: 1, high: 100 },
  REVOCATIONS: { fallback: 100, low: 1, high: 900 },
} as const

/** @throws with one line for every variable that cannot be used */
export function loadConfig(env: Record<string, string | undefined>): AccessConfig {
  const bad: string[] = []
  const number = wholeNumbers(env, numbers, bad)
  const config: AccessConfig = {
    tenants: number('TENANTS'),
    keys: number('KEYS'),
    checks: number('CHECKS'),
    requests: number('REQUESTS'),
    rounds: number('ROUNDS'),
    revocations: number('REVOCATIONS'),
  }
  if (config.keys < config.tenants) bad.push(`KEYS=${config.keys} are fewer than TENANTS=${config.tenants}`)
  if (bad.length > 0) throw new Error(bad.join('\n'))
  return config
}
