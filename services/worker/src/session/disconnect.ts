// What a closed socket means. WhatsApp's codes name symptoms, and two of them share 408, so the reaction is decided here:
// by code, by whether the account is linked, and by how often it happened lately (docs/architecture.md, "Disconnects").
import type { CloseReason, QuarantineReason } from '@wagate/messages/events.ts'
import { failuresSince, type Standing } from '../log/standing.ts'

/** More than `max` times within `withinMs`, this one included: connecting again would go on for ever. */
type Limit = { max: number; withinMs: number; reason: QuarantineReason }

export type Row =
  /** Open a new socket at once: WhatsApp asked for it. */
  | { kind: 'restart' }
  /** Try again after a back-off of at least `minMs`, spread over `spreadMs` more. */
  | { kind: 'reconnect'; minMs: number; spreadMs?: number; limit?: Limit }
  /** Leave it alone for a while. */
  | { kind: 'quarantine'; reason: QuarantineReason }
  /** A person has to act. `unlinked`: the credentials are void. */
  | { kind: 'close'; reason: CloseReason; unlinked: boolean }

type Meaning = { words: string; linked: Row; unlinked?: Row }

const minute = 60_000
const hour = 60 * minute

/** Ours: WhatsApp's own codes are those of HTTP. Whatever the proxy answers is never taken for WhatsApp's word. */
export const proxyFailed = 1_001

const table: { readonly [code: number]: Meaning } = {
  401: {
    words: 'the device was unlinked at the phone or by WhatsApp',
    linked: { kind: 'close', reason: 'logged_out', unlinked: true },
    unlinked: { kind: 'restart' },
  },
  402: { words: 'temporarily banned by WhatsApp', linked: { kind: 'quarantine', reason: 'temporarily_banned' } },
  403: { words: 'banned by WhatsApp', linked: { kind: 'close', reason: 'banned', unlinked: false } },
  405: { words: 'this version of WhatsApp is too old', linked: { kind: 'quarantine', reason: 'outdated' } },
  406: { words: 'locked by WhatsApp', linked: { kind: 'close', reason: 'banned', unlinked: false } },
  408: {
    words: 'connection lost',
    linked: { kind: 'reconnect', minMs: 0 },
    unlinked: { kind: 'close', reason: 'qr_timeout', unlinked: true },
  },
  409: { words: 'WhatsApp refuses this kind of client', linked: { kind: 'quarantine', reason: 'outdated' } },
  411: {
    words: 'the phone does not use linked devices',
    linked: { kind: 'close', reason: 'multidevice_mismatch', unlinked: true },
  },
  428: { words: 'connection closed', linked: { kind: 'reconnect', minMs: 0 } },
  // Another socket logged in. Our log says that we own the session, so this is a copy of the credentials or our own
  // predecessor on its way out: wait for it, never race it.
  440: {
    words: 'another connection with the same credentials took over',
    linked: {
      kind: 'reconnect',
      minMs: 5_000,
      spreadMs: 25_000,
      limit: { max: 2, withinMs: hour, reason: 'replaced' },
    },
  },
  // The bucket for stream errors without a code of their own, not proof of bad credentials.
  500: {
    words: 'WhatsApp ended the stream with an error',
    linked: { kind: 'reconnect', minMs: 1_000, limit: { max: 4, withinMs: 10 * minute, reason: 'stream_errors' } },
  },
  503: { words: 'WhatsApp is not available', linked: { kind: 'reconnect', minMs: 5_000 } },
  515: { words: 'WhatsApp asks for a new connection', linked: { kind: 'restart' } },
  [proxyFailed]: {
    words: 'the proxy of the session does not let it through',
    linked: { kind: 'reconnect', minMs: 1_000 },
  },
}

const unknown: Meaning = { words: 'closed for an unknown reason', linked: { kind: 'reconnect', minMs: 1_000 } }

/** Codes that the table knows: what is counted by code is counted by these. */
export const knownCodes: readonly number[] = Object.keys(table).map(Number)

/** In plain words, for the customer. */
export const meaningOf = (code: number): string => (table[code] ?? unknown).words

export function rowOf(code: number, isLinked: boolean): Row {
  const meaning = table[code] ?? unknown
  return isLinked ? meaning.linked : (meaning.unlinked ?? meaning.linked)
}

/** The row, after the limits: `standing` holds this failure already. */
export function reactionTo(code: number, isLinked: boolean, standing: Standing, nowMs: number): Row {
  const row = rowOf(code, isLinked)
  const limit = row.kind === 'reconnect' ? row.limit : undefined
  if (!limit || failuresSince(standing, code, nowMs - limit.withinMs) <= limit.max) return row
  return { kind: 'quarantine', reason: limit.reason }
}

/** Failures that are written down although there was no connection to lose: those that count. */
export const isCounted = (code: number): boolean => {
  const row = rowOf(code, true)
  return row.kind === 'quarantine' || (row.kind === 'reconnect' && row.limit !== undefined)
}

const baseMs = 500
const maxMs = 60_000

/** Exponential back-off with full jitter: `failures` counts from 1, `random` is in [0, 1). */
export function backoffMs(failures: number, wait: { minMs: number; spreadMs?: number }, random: number): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** Math.min(failures, 10))
  return wait.minMs + Math.round(random * (wait.spreadMs ?? ceiling))
}

/** First time and longest time of a quarantine; each within a day is twice as long as the one before. */
const durations: { readonly [reason in QuarantineReason]: { baseMs: number; maxMs: number } } = {
  replaced: { baseMs: 10 * minute, maxMs: 6 * hour },
  stream_errors: { baseMs: 5 * minute, maxMs: 6 * hour },
  temporarily_banned: { baseMs: hour, maxMs: 24 * hour },
  outdated: { baseMs: 30 * minute, maxMs: 6 * hour },
  crash_loop: { baseMs: 5 * minute, maxMs: 6 * hour },
}
const longestBanMs = 30 * 24 * hour

/** How long it lasts. A ban lasts as long as WhatsApp says, if it does. */
export function quarantineMs(
  reason: QuarantineReason,
  standing: Pick<Standing, 'quarantines'>,
  nowMs: number,
  bannedForMs: number | undefined,
): number {
  if (bannedForMs !== undefined) return Math.min(bannedForMs, longestBanMs)
  const earlier = standing.quarantines.filter((past) => past.reason === reason && past.atMs > nowMs - 24 * hour).length
  const { baseMs: first, maxMs: longest } = durations[reason]
  return Math.min(longest, first * 2 ** earlier)
}
