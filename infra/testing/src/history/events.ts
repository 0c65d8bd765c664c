// I6–I8: what is published has no gap, reaches the webhook, and is what the API shows.
import { messageStates } from '@wagate/messages/events.ts'
import { distinctEvents, type History, type SeenEvent } from './history.ts'

/** I8: 1, 2, 3 … per session, in that order, under one id each. */
export function noGaps({ events }: History): string[] {
  return [...Map.groupBy(distinctEvents(events), ({ sessionId }) => sessionId)].flatMap(([sessionId, own]) =>
    own.flatMap(({ sequence, type, id }, index) => {
      const before = own[index - 1]?.sequence ?? 0
      if (sequence === before + 1) return []
      return [`${sessionId}: ${type} ${sequence} (${id}) follows ${before}`]
    }),
  )
}

/** I7: every event arrived, and whatever came again came under the same webhook id. */
export function webhooksComplete({ events, webhooks }: History): string[] {
  const arrived = Map.groupBy(webhooks, ({ event }) => event.id)
  const missing = distinctEvents(events).filter(({ id }) => !arrived.has(id))
  const known = new Set(events.map(({ id }) => id))
  const renamed = webhooks.filter(({ webhookId, event }) => webhookId !== event.id)
  const invented = [...arrived.keys()].filter((id) => !known.has(id))
  return [
    ...missing.map(({ id, type, sessionId }) => `${type} ${id} of ${sessionId} is missing`),
    ...renamed.map(({ webhookId, event }) => `${event.id} came as ${webhookId}`),
    ...invented.map((id) => `${id} came, and is no event`),
  ]
}

const stateOf: Record<string, string> = {
  'message.sent': 'sent',
  'message.unconfirmed': 'unknown',
  'message.delivered': 'delivered',
  'message.read': 'read',
  'message.played': 'played',
  'message.failed': 'failed',
  'message.cancelled': 'cancelled',
  'message.expired': 'expired',
}

const ranks: readonly string[] = messageStates
const rank = (state: string): number => ranks.indexOf(state)

/** The highest state that an outbound message's events tell of. */
export function foldState(events: readonly SeenEvent[]): string | undefined {
  return events
    .flatMap(({ type }) => stateOf[type] ?? [])
    .reduce<string | undefined>(
      (best, state) => (best === undefined || rank(state) > rank(best) ? state : best),
      undefined,
    )
}

/** I6 */
export function viewsFold({ events, listed }: History): string[] {
  const byMessage = Map.groupBy(
    distinctEvents(events).filter(({ messageId }) => messageId !== undefined),
    ({ messageId }) => messageId ?? '',
  )
  const rows = Map.groupBy(listed, ({ messageId }) => messageId)
  const missing = [...byMessage.keys()].filter((messageId) => !rows.has(messageId))
  const wrong = listed.flatMap(({ messageId, direction, status }) => {
    const own = byMessage.get(messageId)
    if (!own) return [`${messageId} is listed and has no event`]
    const expected = direction === 'outbound' ? foldState(own) : 'received'
    if (expected === undefined || expected === status) return []
    return [`${messageId} is listed as ${status}, its events say ${expected}`]
  })
  const twice = [...rows].filter(([, same]) => same.length > 1)
  return [
    ...missing.map((id) => `${id} has events and is not listed`),
    ...wrong,
    ...twice.map(([id, same]) => `${id} is listed ${same.length} times`),
  ]
}
