// Writes down what went wrong between the account and WhatsApp, before anything follows from it.
import type { QuarantineReason } from '@wagate/messages/events.ts'
import type { Memory } from '../log/memory.ts'
import { isCounted, meaningOf, rowOf } from './disconnect.ts'
import type { Journal } from './journal.ts'

export type SetbackDeps = {
  memory: Memory
  journal: Journal
  onQuarantined: () => void
  warn: (event: string, fields: Record<string, unknown>) => void
}

export function createSetbacks({ memory, journal, onQuarantined, warn }: SetbackDeps) {
  return {
    /** A connection was lost, or refused: then only what is counted is worth a write. */
    failed(code: number, wasOpen: boolean): void {
      const at = journal.at()
      const { kind } = rowOf(code, memory.linked)
      if (wasOpen && (kind === 'reconnect' || kind === 'quarantine')) {
        journal.lifecycle({ type: 'session.disconnected', data: { code, reason: meaningOf(code), at } })
      } else if (isCounted(code)) journal.append([{ kind: 'FAILURE', code, at }])
    },
    quarantined(reason: QuarantineReason, code: number, untilMs: number): void {
      const until = new Date(untilMs).toISOString()
      journal.lifecycle({ type: 'session.quarantined', data: { reason, code, until, at: journal.at() } })
      onQuarantined()
      warn('session.quarantined', { reason, code, until })
    },
    /** Somebody has acted: what was counted so far counts no more. */
    forget(): void {
      const { failures, quarantine, quarantines } = memory.standing
      if (failures.length > 0 || quarantines.length > 0 || quarantine) {
        journal.append([{ kind: 'RELEASE', at: journal.at() }])
      }
    },
  }
}
