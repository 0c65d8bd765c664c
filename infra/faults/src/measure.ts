// Figures of one run, from its history and the claims in the session logs.
import { distinctEvents, type History } from '@wagate/testing/history/history.ts'
import type { Claim } from './log-book.ts'
import type { Fault } from './scene.ts'

export type Losses = { lost: number; doubled: number; undecryptable: number }

/** Messages of either direction that never arrived, or arrived more than once, where a person or a customer sees them. */
export function lossesOf({ accepted, written, shown, events, network }: History): Losses {
  const distinct = distinctEvents(events)
  const screens = Map.groupBy(shown, ({ text }) => text)
  const sent = new Set(distinct.flatMap(({ type, messageId }) => (type === 'message.sent' ? [messageId] : [])))
  const settled = new Set(
    distinct.flatMap(({ type, messageId }) =>
      ['message.sent', 'message.failed', 'message.unconfirmed'].includes(type) ? [messageId] : [],
    ),
  )
  const told = Map.groupBy(
    distinct.filter(({ type }) => type === 'message.received'),
    ({ sessionId, waMessageId }) => `${sessionId} ${waMessageId}`,
  )
  const toldTimes = written.map(({ sessionId, waMessageId }) => told.get(`${sessionId} ${waMessageId}`)?.length ?? 0)
  const shownTimes = accepted.map(({ text }) => screens.get(text)?.length ?? 0)
  const lostOut = accepted.filter(
    ({ messageId, text }) => !settled.has(messageId) || (sent.has(messageId) && !screens.has(text)),
  )
  return {
    lost: lostOut.length + toldTimes.filter((times) => times === 0).length,
    doubled: [...toldTimes, ...shownTimes].filter((times) => times > 1).length,
    undecryptable: network.undecryptable,
  }
}

/** One session was away: from the fault until it was connected again. */
export type Away = { fromMs: number; toMs: number }

export type Takeovers = {
  away: Away[]
  /** Sessions that were hit and are not back. */
  missing: string[]
}

/** A session was hit by a fault when the owner that had claimed it last was broken. Faults in a row count from the last one. */
export function takeoversOf(faults: readonly Fault[], claims: readonly Claim[], { events }: History): Takeovers {
  const connected = Map.groupBy(
    distinctEvents(events).filter(({ type }) => type === 'session.connected'),
    ({ sessionId }) => sessionId,
  )
  const taken: Takeovers = { away: [], missing: [] }
  for (const [sessionId, own] of Map.groupBy(claims, (claim) => claim.sessionId)) {
    const hits = faults.filter(({ atMs, owners }) => {
      const owner = own.findLast((claim) => claim.atMs <= atMs)?.owner
      return owner !== undefined && owners.some((victim) => owner.startsWith(victim))
    })
    for (const [index, { atMs }] of hits.entries()) {
      const back = connected.get(sessionId)?.find((event) => event.atMs > atMs)
      const nextHitMs = hits[index + 1]?.atMs ?? Number.POSITIVE_INFINITY
      if (back && back.atMs <= nextHitMs) taken.away.push({ fromMs: atMs, toMs: back.atMs })
      else if (!back) taken.missing.push(sessionId)
    }
  }
  return taken
}
