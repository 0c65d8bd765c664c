// When a session may write its next message: WhatsApp restricts accounts that write faster than people do, or to many
// strangers. A token bucket, a random pause between two messages, and a limit on chats begun in an hour.
import type { Pacing } from '@wagate/messages/pacing.ts'
import { type Bucket, tokensAt as tokensIn, tokenWaitMs as waitFor } from './token-bucket.ts'

export type Throttle = Bucket & {
  /** The pause after the last message ends here. */
  pausedUntilMs: number
}

/** `rested`: it has never written. Otherwise it begins with an empty bucket: the last owner may have just spent a full one. */
export const startThrottle = (pace: Pacing, nowMs: number, rested: boolean): Throttle => ({
  tokens: rested ? pace.burst : 0,
  filledAtMs: nowMs,
  pausedUntilMs: nowMs,
})

/** Between a sixth of `jitterMs` and all of it; `random` is in [0, 1). */
export const pauseMs = ({ jitterMs }: Pacing, random: number): number => Math.ceil((jitterMs * (1 + 5 * random)) / 6)

/** Takes leave to write one message, or says in how many ms there will be one. A clock that jumps back gives nothing away. */
export function takeTurn(
  pace: Pacing,
  throttle: Throttle,
  nowMs: number,
  random: number,
): { throttle: Throttle; waitMs: number } {
  const tokens = tokensAt(pace, throttle, nowMs)
  const pausedUntilMs = Math.min(throttle.pausedUntilMs, nowMs + pace.jitterMs)
  const filled = { tokens, filledAtMs: nowMs, pausedUntilMs }
  const waitMs = Math.max(pausedUntilMs - nowMs, tokenWaitMs(pace, tokens))
  if (waitMs > 0) return { throttle: filled, waitMs: Math.ceil(waitMs) }
  const spent = pace.perSecond === null ? tokens : tokens - 1
  return { throttle: { ...filled, tokens: spent, pausedUntilMs: nowMs + pauseMs(pace, random) }, waitMs: 0 }
}

function tokensAt({ perSecond, burst }: Pacing, throttle: Throttle, nowMs: number): number {
  return perSecond === null ? burst : tokensIn({ perSecond, burst }, throttle, nowMs)
}

const tokenWaitMs = ({ perSecond, burst }: Pacing, tokens: number): number =>
  perSecond === null ? 0 : waitFor({ perSecond, burst }, tokens)

const hourMs = 3_600_000

/** In how many ms one more chat may be begun; `startedAtMs` are the times at which chats were, oldest first. */
export function newChatWaitMs({ newChatsPerHour }: Pacing, startedAtMs: readonly number[], nowMs: number): number {
  if (newChatsPerHour === null) return 0
  const oldest = startedAtMs.filter((at) => at > nowMs - hourMs).at(-newChatsPerHour)
  return oldest === undefined ? 0 : Math.min(hourMs, Math.ceil(oldest + hourMs - nowMs))
}

/** About when a message goes that has so many before it. A forecast: what comes later and is more urgent delays it. */
export function forecastMs(pace: Pacing, throttle: Throttle, ahead: number, nowMs: number): number {
  const missing = Math.max(0, ahead + 1 - tokensAt(pace, throttle, nowMs))
  const byTokens = pace.perSecond === null ? 0 : (missing / pace.perSecond) * 1_000
  const byPauses = Math.max(0, throttle.pausedUntilMs - nowMs) + ahead * pauseMs(pace, 0.5)
  return nowMs + Math.ceil(Math.max(byTokens, byPauses))
}
