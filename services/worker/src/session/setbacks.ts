// Writes down what went wrong between the account and WhatsApp, before anything follows from it.
import type { QuarantineReason, RestrictionKind } from '@wagate/messages/events.ts'
import type { Memory } from '../log/memory.ts'
import type { Absence } from '../log/records.ts'
import type { Restriction } from '../log/standing.ts'
import { isCounted, meaningOf, rowOf } from './disconnect.ts'
import type { Journal } from './journal.ts'

export type SetbackDeps = {
  memory: Memory
  journal: Journal
  /** Why there was no connection before. */
  absence: () => Absence
  onQuarantined: () => void
  /** Messages to new people may or must not go out now. */
  onChanged: () => void
  warn: (event: string, fields: Record<string, unknown>) => void
}

/** Ends that WhatsApp leaves to us move with the clock: told again within this time they are the same. */
const sameUntilMs = 5 * 60_000

export type Setbacks = ReturnType<typeof createSetbacks>

export function createSetbacks({ memory, journal, absence, onQuarantined, onChanged, warn }: SetbackDeps) {
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
      journal.lifecycle({ type: 'session.quarantined', data: { reason, code, until, ...absence(), at: journal.at() } })
      onQuarantined()
      warn('session.quarantined', { reason, code, until })
    },
    /** WhatsApp says what it forbids the account; undefined: nothing of that kind. */
    restricted(restriction: RestrictionKind, found: Restriction | undefined): void {
      const at = journal.at()
      const known = memory.standing.restrictions[restriction]
      const isKnown = known !== undefined && known.untilMs > Date.parse(at)
      if (!found) {
        if (!isKnown) return
        journal.lifecycle({ type: 'session.unrestricted', data: { restriction, at } })
        onChanged()
        return
      }
      const { detail, untilMs } = found
      if (isKnown && Math.abs(known.untilMs - untilMs) < sameUntilMs && known.detail === detail) return
      const until = new Date(untilMs).toISOString()
      journal.lifecycle({ type: 'session.restricted', data: { restriction, detail, until, at } })
      onChanged()
      warn('session.restricted', { restriction, detail, until })
    },
    /** Somebody has acted: what was counted so far counts no more. */
    forget(): void {
      const { failures, quarantine, quarantines } = memory.standing
      if (failures.length > 0 || quarantines.length > 0 || quarantine || memory.crashes.claims.length > 1) {
        journal.append([{ kind: 'RELEASE', at: journal.at() }])
      }
    },
  }
}
