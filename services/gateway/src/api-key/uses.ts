// When each key was used last: kept in memory, written to Postgres now and then, so that a request costs no write. What a gateway
// that dies has not written is lost: the time is a hint for people who clear up, nothing depends on it.
import { DatabaseUnavailable } from '@wagate/runtime/errors.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import { pause } from '@wagate/runtime/pause.ts'
import type { KeyControl } from '../control/keys.ts'

export type KeyUses = ReturnType<typeof createKeyUses>

export function createKeyUses(deps: { noteUses: KeyControl['noteUses']; now: () => Date }) {
  let used = new Map<string, { tenantId: string; keyId: string; at: Date }>()
  return {
    /** Remembers one entry per key, so it is bounded by the keys that exist. */
    note: ({ tenantId, keyId }: { tenantId: string; keyId: string }): void =>
      void used.set(keyId, { tenantId, keyId, at: deps.now() }),
    /** What cannot be written now is kept for the next time, unless a newer use has replaced it. */
    async flush(): Promise<void> {
      const uses = used
      if (uses.size === 0) return
      used = new Map()
      try {
        await deps.noteUses([...uses.values()])
      } catch (error) {
        used = new Map([...uses, ...used])
        throw error
      }
    },
  }
}

const everyMs = 60_000

/** Flushes every minute, and once more when the signal aborts. Outages are waited out. */
export async function keepUsesWritten(uses: KeyUses, logger: Logger, signal: AbortSignal): Promise<void> {
  for (let last = false; !last; ) {
    await pause(everyMs, signal)
    last = signal.aborted
    await uses.flush().catch((error: unknown) => {
      if (error instanceof DatabaseUnavailable) logger.debug({ event: 'key_uses.skipped' })
      else logger.error({ event: 'key_uses.failed', err: error })
    })
  }
}
