import { setTimeout as sleep } from 'node:timers/promises'

/** Waits, or returns early when the signal aborts. Never throws. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal ? { signal } : {}).catch(() => {})
}
