// When nothing more may be handed to WhatsApp: the lease is running out, the session leaves, or its connection is about to change.
import { type AcknowledgementDeps, waitForAcknowledgements } from './acknowledged.ts'

export type QuietDeps = AcknowledgementDeps & { onResumed: () => void }

export type Quiet = ReturnType<typeof createQuiet>

export function createQuiet(deps: QuietDeps) {
  let paused = false
  let settling = false
  return {
    holds: (): boolean => paused || settling,
    paused: (): boolean => paused,
    pause(): void {
      paused = true
    },
    resume(): void {
      if (!paused) return
      paused = false
      deps.onResumed()
    },
    /** For good: what WhatsApp has not acknowledged gets a moment. */
    async quiesce(): Promise<void> {
      paused = true
      await waitForAcknowledgements(deps)
    },
    /** The same for a change of the connection; the caller opens it again. */
    async settle(): Promise<void> {
      settling = true
      await waitForAcknowledgements(deps)
      settling = false
    },
  }
}
