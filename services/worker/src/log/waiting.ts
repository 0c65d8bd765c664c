// Folds the records of a message that was not handed to WhatsApp: queued, cancelled, expired.
import type { Memory, Outcome } from './memory.ts'
import { outbound } from './outbound.ts'
import type { LogRecord, QueuedMessage } from './records.ts'

type RecordOf<Kind extends LogRecord['kind']> = Extract<LogRecord, { kind: Kind }>

export function foldQueued(memory: Memory, { message, at }: RecordOf<'QUEUED'>): Outcome[] {
  memory.seenCommands.set(message.commandId, at)
  if (memory.cancelled.has(message.commandId)) {
    memory.cancelled.delete(message.commandId)
    return [cancelledFact(memory, message, at)]
  }
  memory.queue.set(message.commandId, message)
  return []
}

/** A message that came and waits no more is in WhatsApp's hands or has ended: nothing to cancel. */
export function foldCancelled(memory: Memory, { commandId, at }: RecordOf<'CANCELLED'>): Outcome[] {
  const message = memory.queue.get(commandId)
  if (!message) {
    if (!memory.seenCommands.has(commandId)) memory.cancelled.set(commandId, true)
    return []
  }
  memory.queue.delete(commandId)
  return [cancelledFact(memory, message, at)]
}

export function foldExpired(memory: Memory, { commandId, at }: RecordOf<'EXPIRED'>): Outcome[] {
  const message = memory.queue.get(commandId)
  if (!message) return []
  memory.queue.delete(commandId)
  const data = { ...outbound(memory, message), expiresAt: message.expiresAt ?? at, at }
  return [{ fact: { type: 'message.expired', data }, correlationId: message.correlationId }]
}

const cancelledFact = (memory: Memory, message: QueuedMessage, at: string): Outcome => ({
  fact: { type: 'message.cancelled', data: { ...outbound(memory, message), at } },
  correlationId: message.correlationId,
})
