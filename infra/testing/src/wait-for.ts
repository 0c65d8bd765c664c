import { setTimeout as pause } from 'node:timers/promises'

export type WaitOptions = {
  /** Default 10 s. */
  deadlineMs?: number
  /** Default 20 ms. */
  everyMs?: number
  /** Named in the error: "waited 10000 ms for <what>". */
  what?: string
}

/**
 * Resolves with the condition's first truthy value. A condition that throws counts as not yet met; the last error is the
 * cause when the deadline passes.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { deadlineMs = 10_000, everyMs = 20, what = 'the condition' }: WaitOptions = {},
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const deadline = performance.now() + deadlineMs
  let cause: unknown
  for (;;) {
    try {
      const value = await condition()
      if (isMet(value)) return value
      cause = undefined
    } catch (error) {
      cause = error
    }
    if (performance.now() > deadline) throw new Error(`waited ${deadlineMs} ms for ${what}`, { cause })
    await pause(everyMs)
  }
}

const isMet = <T>(value: T): value is Exclude<T, undefined | null | false | 0 | ''> => Boolean(value)
