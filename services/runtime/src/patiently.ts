import { backoffMs } from './backoff.ts'
import { BrokerUnavailable } from './errors.ts'
import { pause } from './pause.ts'

/**
 * Repeats what may be repeated while the broker restarts or elects a leader, for `forMs` (default 15 s).
 * @throws BrokerUnavailable after that, or once the signal has aborted
 */
export async function patiently<T>(
  run: () => Promise<T>,
  { forMs = 15_000, signal }: { forMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<T> {
  const deadlineMs = performance.now() + forMs
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      const repeatable = error instanceof BrokerUnavailable && error.reason !== 'closed'
      if (!repeatable || signal?.aborted || performance.now() > deadlineMs) throw error
      await pause(backoffMs(attempt, Math.random(), { baseMs: 50, capMs: 1_000 }), signal)
    }
  }
}
