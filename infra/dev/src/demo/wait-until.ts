import { setTimeout as pause } from 'node:timers/promises'

const everyMs = 40

/** Asks until the answer satisfies, for what has no event to wait for. Rejects with the last reason when `signal` aborts. */
export async function waitUntil<Answer>(ask: () => Promise<Answer | undefined>, signal: AbortSignal): Promise<Answer> {
  let reason: unknown
  while (!signal.aborted) {
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
    } catch (error) {
      reason = error
    }
    await pause(everyMs, undefined, { signal }).catch(() => {})
  }
  throw reason ?? new Error('it had not happened by then')
}
