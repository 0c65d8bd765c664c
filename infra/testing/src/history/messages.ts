// I1–I3 and I5: what was accepted is settled and shown once, what was written is told once, and everything can be read.
import { distinctEvents, type History, type SeenEvent } from './history.ts'

const outcomes = ['message.sent', 'message.failed', 'message.unconfirmed', 'message.cancelled', 'message.expired']

const outcomesByMessage = (events: readonly SeenEvent[]): Map<string, SeenEvent[]> =>
  Map.groupBy(
    distinctEvents(events).filter(({ type }) => outcomes.includes(type)),
    ({ messageId }) => messageId ?? '',
  )

/** I1 */
export function settledOnce({ accepted, events }: History): string[] {
  const settled = outcomesByMessage(events)
  const wrong = accepted.flatMap(({ messageId, sessionId }) => {
    const found = settled.get(messageId) ?? []
    if (found.length === 1) return []
    const what = found.map(({ type, sequence }) => `${type} (${sequence})`).join(', ') || 'nothing'
    return [`${messageId} of ${sessionId} ended with ${what}`]
  })
  const known = new Set(accepted.map(({ messageId }) => messageId))
  const unknown = [...settled.keys()].filter((messageId) => !known.has(messageId))
  return [...wrong, ...unknown.map((id) => `${id || '(no id)'} was never accepted`)]
}

/** How often a message may be on the recipient's screen, by its outcome. */
const showings: Record<string, readonly number[]> = {
  'message.sent': [1],
  'message.failed': [0],
  'message.unconfirmed': [0, 1],
  'message.cancelled': [0],
  'message.expired': [0],
}

/** I2 */
export function shownOnce({ accepted, events, shown }: History): string[] {
  const settled = outcomesByMessage(events)
  const byText = Map.groupBy(shown, ({ text }) => text)
  const wrong = accepted.flatMap(({ messageId, sessionId, to, text }) => {
    const outcome = settled.get(messageId)?.[0]
    const screens = byText.get(text) ?? []
    const allowed = showings[outcome?.type ?? ''] ?? [0, 1]
    const strange = screens.find(
      ({ phone, waMessageId }) => phone !== to || (outcome?.waMessageId && waMessageId !== outcome.waMessageId),
    )
    if (allowed.includes(screens.length) && !strange) return []
    const where = screens.map(({ phone, waMessageId }) => `${phone} as ${waMessageId}`).join(', ') || 'nowhere'
    const what = `${messageId} of ${sessionId} to ${to} (${outcome?.type ?? 'unsettled'}) is shown: ${where}`
    return [what]
  })
  const known = new Set(accepted.map(({ text }) => text))
  const nobodys = shown.filter(({ text }) => !known.has(text))
  return [...wrong, ...nobodys.map(({ phone, text }) => `${phone} shows ${text}, never accepted`)]
}

/** I3 */
export function toldOnce({ written, events }: History): string[] {
  const keyOf = (message: { sessionId: string; waMessageId?: string }) => `${message.sessionId} ${message.waMessageId}`
  const received = Map.groupBy(
    distinctEvents(events).filter(({ type }) => type === 'message.received'),
    keyOf,
  )
  const wrong = written.flatMap((write) => {
    const told = received.get(keyOf(write)) ?? []
    if (told.length === 1 && told[0]?.text === write.text) return []
    const what = `${write.waMessageId} from ${write.from} to ${write.sessionId} was told ${told.length} times`
    return [told.length === 1 ? `${what}, with another text` : what]
  })
  const known = new Set(written.map(keyOf))
  const invented = [...received.keys()].filter((key) => !known.has(key))
  return [...wrong, ...invented.map((key) => `${key} was told, and nobody wrote it`)]
}

/** I5 */
export function readable({ network }: History): string[] {
  if (network.undecryptable === 0) return []
  return [`phones could not read ${network.undecryptable} messages`]
}

/** Every receipt is acknowledged to the network only once it is stored, so none is lost; it may be told more than once. */
export function deliveryTold({ accepted, shown, events }: History): string[] {
  const told = new Set(events.flatMap(({ type, messageId }) => (type === 'message.delivered' ? [messageId] : [])))
  const screens = new Set(shown.map(({ text }) => text))
  return accepted
    .filter(({ messageId, text }) => screens.has(text) && !told.has(messageId))
    .map(({ messageId, sessionId }) => `${messageId} of ${sessionId} is shown and not told`)
}
