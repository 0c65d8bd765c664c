// What WhatsApp forbids an account for a while, out of Baileys' words for it. Both kinds concern only people that the account
// has never written to; sending to them all the same makes it worse.
import type { NewChatMessageCapInfo, ReachoutTimelockState } from '@whiskeysockets/baileys'
import type { Restriction } from '../log/standing.ts'

/** When WhatsApp names no end: as long as its first restrictions are said to last. */
const usualMs = 24 * 60 * 60_000

/** Of questions in a row, before a lock that is told and lifted all the time is left as it was told. */
const mostQuestions = 3

/**
 * Decides which words about the time-lock count. WhatsApp's answer to our question and its notification come on one connection,
 * but Baileys may hand them over in the other order. So while we ask, a lock counts at once and its end only when nothing else was
 * told; when both were, we ask again.
 */
export function createTimeLockReader(on: (restriction: Restriction | undefined) => void, nowMs: () => number) {
  let asking = false
  const heard = new Set<'locked' | 'free'>()
  return {
    told(lock: ReachoutTimelockState): void {
      if (asking) heard.add(lock.isActive ? 'locked' : 'free')
      if (!asking || lock.isActive) on(timeLockOf(lock, nowMs()))
    },
    async ask(fetch: () => Promise<unknown>): Promise<void> {
      if (asking) return
      asking = true
      for (let question = 0; question < mostQuestions; question++) {
        heard.clear()
        await fetch().catch(() => {}) // what it answers is told as everything else is
        if (heard.size < 2) break
      }
      asking = false
      if (heard.has('free') && !heard.has('locked')) on(undefined)
    },
  }
}

/** The time-lock after 463, or of an account that was reported. */
export function timeLockOf(lock: ReachoutTimelockState, nowMs: number): Restriction | undefined {
  if (!lock.isActive) return undefined
  const untilMs = lock.timeEnforcementEnds?.getTime() ?? nowMs + usualMs
  return untilMs > nowMs ? { detail: lock.enforcementType ?? 'DEFAULT', untilMs } : undefined
}

/** So many new chats in a cycle, and none left. Warnings before that restrict nothing. */
export function newChatCapOf(cap: NewChatMessageCapInfo, nowMs: number): Restriction | undefined {
  if (cap.capping_status !== 'CAPPED') return undefined
  const endsMs = Number(cap.cycle_end_timestamp) * 1_000
  const untilMs = endsMs > 0 ? endsMs : nowMs + usualMs
  const used = cap.total_quota === undefined ? '' : ` ${cap.used_quota ?? cap.total_quota} of ${cap.total_quota} used`
  return untilMs > nowMs ? { detail: `CAPPED${used}`, untilMs } : undefined
}
