// How the account stands with WhatsApp: which connections failed lately, whether it is left alone for a while, and whether
// WhatsApp lets it write to people it has never written to. Plain data, folded from the log, so that a takeover forgets none.
import type { QuarantineReason, RestrictionKind } from '@wagate/messages/events.ts'
import type { Lifecycle, LogRecord } from './records.ts'

/** `at` in ms since 1970. */
export type Failure = { code: number; atMs: number }
export type Quarantine = { reason: QuarantineReason; code: number; sinceMs: number; untilMs: number }
export type Restriction = { detail: string; untilMs: number }

export type Standing = {
  /** Connections that were lost or refused, oldest first. */
  failures: Failure[]
  /** Left alone until `untilMs`; stays here until the next login, to tell what happened. */
  quarantine: Quarantine | undefined
  /** When the last ones began: each is longer than the one before. */
  quarantines: { reason: QuarantineReason; atMs: number }[]
  restrictions: { [kind in RestrictionKind]?: Restriction }
}

/** Bounds per session. The largest limit of the disconnect table counts five failures. */
const bounds = { failures: 32, quarantines: 16 }

export const freshStanding = (): Standing => ({
  failures: [],
  quarantine: undefined,
  quarantines: [],
  restrictions: {},
})

/** The same object when the record says nothing of it. */
export function foldStanding(standing: Standing, record: LogRecord): Standing {
  switch (record.kind) {
    case 'FAILURE':
      return withFailure(standing, { code: record.code, atMs: Date.parse(record.at) })
    case 'RELEASE': // WhatsApp's own restrictions are not ours to forget
      return { ...freshStanding(), restrictions: standing.restrictions }
    case 'RESET':
      return freshStanding()
    case 'LIFECYCLE':
      return foldLifecycle(standing, record.lifecycle)
    default:
      return standing
  }
}

function foldLifecycle(standing: Standing, lifecycle: Lifecycle): Standing {
  const atMs = Date.parse(lifecycle.data.at)
  switch (lifecycle.type) {
    case 'session.connected':
      return standing.quarantine ? { ...standing, quarantine: undefined } : standing
    case 'session.disconnected':
      return withFailure(standing, { code: lifecycle.data.code, atMs })
    case 'session.quarantined': {
      const { reason, code, until } = lifecycle.data
      const quarantines = [...standing.quarantines, { reason, atMs }].slice(-bounds.quarantines)
      return { ...standing, quarantines, quarantine: { reason, code, sinceMs: atMs, untilMs: Date.parse(until) } }
    }
    case 'session.restricted': {
      const { restriction, detail, until } = lifecycle.data
      return withRestriction(standing, restriction, { detail, untilMs: Date.parse(until) })
    }
    case 'session.unrestricted':
      return withRestriction(standing, lifecycle.data.restriction, undefined)
    default:
      return standing
  }
}

const withFailure = (standing: Standing, failure: Failure): Standing => ({
  ...standing,
  failures: [...standing.failures, failure].slice(-bounds.failures),
})

function withRestriction(standing: Standing, kind: RestrictionKind, restriction: Restriction | undefined): Standing {
  const { [kind]: _before, ...others } = standing.restrictions
  return { ...standing, restrictions: restriction ? { ...others, [kind]: restriction } : others }
}

/** Until when messages to people whom the account has never written to have to wait; undefined when they need not. */
export function newChatsLockedUntilMs({ restrictions }: Standing, nowMs: number): number | undefined {
  const untilMs = Math.max(0, ...Object.values(restrictions).map((restriction) => restriction.untilMs))
  return untilMs > nowMs ? untilMs : undefined
}

/** The quarantine that still lasts. */
export const quarantineAt = ({ quarantine }: Standing, nowMs: number): Quarantine | undefined =>
  quarantine && quarantine.untilMs > nowMs ? quarantine : undefined

/** How many connections ended with that code since then. */
export const failuresSince = ({ failures }: Standing, code: number, sinceMs: number): number =>
  failures.filter((failure) => failure.code === code && failure.atMs >= sinceMs).length
