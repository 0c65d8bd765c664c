// I4 and the price of a takeover: one owner writes a session's log at a time, and only what was in the air is sent again.
import type { History, Interruption, LogAppend } from './history.ts'

/** Bytes that an owner had sent before the next one claimed may still be read by the network for as long. */
const inFlightMs = 2_000

/** I4: epochs never fall, each belongs to one attempt to own the session, and no batch is missing or in the wrong place. */
export function oneOwner({ appends }: History): string[] {
  return [...Map.groupBy(appends, ({ sessionId }) => sessionId)].flatMap(([sessionId, batches]) =>
    batches.flatMap((batch, index) => {
      const before = batches[index - 1]
      if (!before) return []
      if (batch.epoch < before.epoch) return [`${sessionId}: epoch ${batch.epoch} wrote after epoch ${before.epoch}`]
      if (batch.epoch === before.epoch && batch.term !== before.term)
        return [`${sessionId}: ${before.term} and ${batch.term} both wrote as epoch ${batch.epoch}`]
      if (batch.position !== before.position + 1)
        return [`${sessionId}: position ${batch.position} follows ${before.position}`]
      return []
    }),
  )
}

/** I4 on the wire: what leaves a socket that is older than the newest claim comes from an owner that is no more. */
export function framesOfOwners({ appends, network }: History): string[] {
  const claims = Map.groupBy(
    [...Map.groupBy(appends, ({ sessionId }) => sessionId).values()].flatMap((batches) =>
      batches.filter((batch, index) => isClaim(batch, batches[index - 1])),
    ),
    ({ sessionId }) => sessionId,
  )
  return (network.frames ?? []).flatMap(({ sessionId, waMessageId, atMs, loggedInAtMs }) => {
    const newer = claims
      .get(sessionId)
      ?.find((claim) => claim.atMs !== undefined && loggedInAtMs < claim.atMs && claim.atMs + inFlightMs < atMs)
    return newer ? [`${sessionId}: ${waMessageId} left an older socket after the claim of epoch ${newer.epoch}`] : []
  })
}

/** The beginning of a purged log is not the beginning of its owner. */
const isClaim = ({ epoch, position }: LogAppend, before: LogAppend | undefined): boolean =>
  before ? epoch !== before.epoch : position === 1

/**
 * A frame may come again only for a message that was accepted, and not known to be acknowledged, when its session was
 * interrupted; and once per interruption.
 */
export function resendsExplained({ accepted, events, network, interruptions }: History): string[] {
  const sent = new Map(events.flatMap((event) => (event.type === 'message.sent' ? [[event.waMessageId, event]] : [])))
  const sends = new Map(accepted.map((send) => [send.messageId, send]))
  return [...Map.groupBy(network.duplicateIds, (id) => id)].flatMap(([waMessageId, repeats]) => {
    const outcome = sent.get(waMessageId)
    const send = outcome?.messageId ? sends.get(outcome.messageId) : undefined
    if (!outcome || !send) return [`${waMessageId} came again and was never told as sent`]
    const within = ({ atMs, sessionId }: Interruption) =>
      send.acceptedAtMs <= atMs && atMs <= outcome.atMs && (sessionId ?? send.sessionId) === send.sessionId
    const allowed = interruptions.filter(within).length
    if (repeats.length <= allowed) return []
    const what = `${send.messageId} of ${send.sessionId} came ${repeats.length} times too often; ${allowed} are explained`
    return [what]
  })
}
