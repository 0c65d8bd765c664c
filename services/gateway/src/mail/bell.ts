import { pause } from '@wagate/runtime/pause.ts'

export type Bell = ReturnType<typeof createBell>

/** Wakes one sleeper. Rung while he is at work, it makes his next sleep none, so no ring is lost. */
export function createBell() {
  let rung = new AbortController()
  return {
    ring: (): void => rung.abort(),
    /** Returns when it rings, or has since the last time; after `ms`; or when the signal aborts. */
    async sleep(ms: number, signal: AbortSignal): Promise<void> {
      await pause(ms, AbortSignal.any([rung.signal, signal]))
      if (rung.signal.aborted) rung = new AbortController()
    },
  }
}
