// I4 and the price of a takeover: one owner writes a session's log at a time, and only what was in the air is sent again.
import { groupBy, type History, type Interruption } from './history.ts'

/** I4: epochs never fall, and no batch is missing or in the wrong place. */
export function oneOwner({ appends }: History): string[] {
  return [...groupBy(appends, ({ sessionId }) => sessionId)].flatMap(([sessionId, batches]) =>
    batches.flatMap((batch, index) => {
      const before = batches[index - 1]
      if (!before) return []
      if (batch.epoch < before.epoch) return [`${sessionId}: epoch ${batch.epoch} wrote after epoch ${before.epoch}`]
      if (batch.position !== before.position + 1)
        return [`${sessionId}: position ${batch.position} follows ${before.position}`]
      return []
    }),
  )
}

/**
 * A frame may come again only for a message that was accepted, and not known to be acknowledged, when its session was
 * interrupted; and once per interruption.
 */
export function resendsExplained({ accepted, events, network, interruptions }: History): string[] {
  const sent = new Map(events.flatMap((event) => (event.type === 'message.sent' ? [[event.waMessageId, event]] : [])))
  const sends = new Map(accepted.map((send) => [send.messageId, send]))
  return [...groupBy(network.duplicateIds, (id) => id)].flatMap(([waMessageId, repeats]) => {
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
