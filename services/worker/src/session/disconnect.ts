// What a closed socket means. WhatsApp's codes name symptoms, and two of them share 408, so the reaction is decided here,
// by code and by whether the account is linked (docs/architecture.md, "Disconnects").
import type { CloseReason } from '@wagate/messages/events.ts'

export type Reaction =
  /** Open a new socket at once: WhatsApp asked for it. */
  | { kind: 'restart' }
  /** Try again after a back-off of at least `minMs`. */
  | { kind: 'reconnect'; minMs: number; reason: string }
  /** A person has to act. `unlinked`: the credentials are void. */
  | { kind: 'close'; reason: CloseReason; unlinked: boolean }

type Row = Reaction

const linked: Record<number, Row> = {
  401: { kind: 'close', reason: 'logged_out', unlinked: true },
  402: { kind: 'reconnect', minMs: 60_000, reason: 'temporarily banned' },
  403: { kind: 'close', reason: 'banned', unlinked: false },
  405: { kind: 'close', reason: 'outdated', unlinked: false },
  406: { kind: 'close', reason: 'banned', unlinked: false },
  408: { kind: 'reconnect', minMs: 0, reason: 'connection lost' },
  409: { kind: 'close', reason: 'outdated', unlinked: false },
  411: { kind: 'close', reason: 'multidevice_mismatch', unlinked: true },
  428: { kind: 'reconnect', minMs: 0, reason: 'connection closed' },
  // Another socket logged in. The lease says that we own the session, so this is a copy of the credentials or our own
  // predecessor on its way out: wait for it, never race it.
  440: { kind: 'reconnect', minMs: 5_000, reason: 'connection replaced' },
  // The bucket for stream errors without a code of their own, not proof of bad credentials.
  500: { kind: 'reconnect', minMs: 1_000, reason: 'stream error' },
  503: { kind: 'reconnect', minMs: 5_000, reason: 'service unavailable' },
  515: { kind: 'restart' },
}

const unlinked: Record<number, Row> = {
  401: { kind: 'restart' },
  405: { kind: 'close', reason: 'outdated', unlinked: true },
  408: { kind: 'close', reason: 'qr_timeout', unlinked: true },
  409: { kind: 'close', reason: 'outdated', unlinked: true },
  515: { kind: 'restart' },
}

export function reactionTo(code: number, isLinked: boolean): Reaction {
  const row = isLinked ? linked[code] : (unlinked[code] ?? linked[code])
  return row ?? { kind: 'reconnect', minMs: 1_000, reason: 'unknown' }
}

const baseMs = 500
const maxMs = 60_000

/** Exponential back-off with full jitter: `failures` counts from 1, `random` is in [0, 1). */
export function backoffMs(failures: number, minMs: number, random: number): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** Math.min(failures, 10))
  return minMs + Math.round(random * ceiling)
}
