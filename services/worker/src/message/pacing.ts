// When a session may write its next message: WhatsApp restricts accounts that write faster than people do, or to many
// strangers. A token bucket, a random pause between two messages, and a limit on chats begun in an hour.
import type { Pacing } from '@wagate/messages/pacing.ts'
import { type Bucket, tokensAt as tokensIn, tokenWaitMs as waitFor } from './token-bucket.ts'

export type Throttle = Bucket & {
  /** The pause after the last message ends here. */
  pausedUntilMs: number
}

/** As if the last message, which another owner may have sent, had taken the last token; a session that never wrote is rested. */
export const startThrottle = (pace: Pacing, nowMs: number, wroteAtMs: number | undefined): Throttle => ({
  tokens: wroteAtMs === undefined ? pace.burst : 0,
  filledAtMs: wroteAtMs ?? nowMs,
  pausedUntilMs: wroteAtMs === undefined ? nowMs : wroteAtMs + pace.jitterMs,
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

/** When the next chats may be begun, from then on; `startedAtMs` are the times at which chats were, oldest first. */
export function newChatTimesMs(
  { newChatsPerHour }: Pacing,
  startedAtMs: readonly number[],
  fromMs: number,
  count: number,
): number[] {
  const times = startedAtMs.filter((at) => at > fromMs - hourMs).map((at) => Math.min(at, fromMs)) // a clock may jump back
  const known = times.length
  for (let n = 0; n < count; n++) {
    const oldest = newChatsPerHour === null ? undefined : times.at(-newChatsPerHour)
    times.push(oldest === undefined ? fromMs : Math.max(fromMs, oldest + hourMs))
  }
  return times.slice(known)
}

/** About when a message goes that has so many before it. A forecast: what comes later and is more urgent delays it. */
export function forecastMs(pace: Pacing, throttle: Throttle, ahead: number, nowMs: number): number {
  const missing = Math.max(0, ahead + 1 - tokensAt(pace, throttle, nowMs))
  const byTokens = pace.perSecond === null ? 0 : (missing / pace.perSecond) * 1_000
  const byPauses = Math.max(0, throttle.pausedUntilMs - nowMs) + ahead * pauseMs(pace, 0.5)
  return nowMs + Math.ceil(Math.max(byTokens, byPauses))
}
