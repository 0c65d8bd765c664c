// How much waits, and where in the queue a message stands: what a gateway asks for.
import { idWithKind } from '@wagate/messages/ids.ts'
import type { Pacing } from '@wagate/messages/pacing.ts'
import type { QueueAnswer, WaitingMessage } from '@wagate/messages/questions.ts'
import type { Memory } from '../log/memory.ts'
import type { QueuedMessage } from '../log/records.ts'
import { countAhead, depthOf, type Passed } from './outbox.ts'
import { forecastMs, type Throttle } from './pacing.ts'
import { waMessageIdFor } from './wa-id.ts'

export type Standing = {
  memory: Pick<Memory, 'sessionId' | 'queue' | 'sent' | 'seenCommands'>
  pace: Pacing
  throttle: Throttle
  passed: Passed
  isToKnownChat: (message: QueuedMessage) => boolean
  /** For how long no chat may be begun. */
  strangersWaitMs: number
  connected: boolean
  nowMs: number
}

export function reportQueue(standing: Standing, messageId: string | undefined): QueueAnswer {
  const message = messageId === undefined ? undefined : find(standing, messageId)
  return { v: 1, depth: depthOf(standing.memory.queue), ...(message && { message }) }
}

function find(standing: Standing, messageId: string): WaitingMessage | undefined {
  const { queue, sent, seenCommands, sessionId } = standing.memory
  const commandId = idWithKind('command', messageId)
  const waiting = queue.get(commandId)
  if (waiting) return { state: 'queued', ...asked(waiting), ...place(standing, waiting) }
  const handed = sent.get(waMessageIdFor(sessionId, commandId))
  if (handed) return { state: 'sending', ...asked(handed.message) }
  return seenCommands.has(commandId) ? { state: 'settled' } : undefined
}

const asked = ({ to, content, lane, acceptedAt, expiresAt }: QueuedMessage) => ({
  to,
  type: content.type,
  lane,
  acceptedAt,
  ...(expiresAt && { expiresAt }),
})

/** A message that waits for its turn to begin a chat stands behind everything that does not. */
function place(standing: Standing, message: QueuedMessage): { position: number; expectedAt?: string } {
  const { memory, pace, throttle, passed, isToKnownChat, strangersWaitMs, nowMs } = standing
  const all = [...memory.queue.values()]
  const delayMs = strangersWaitMs > 0 && !isToKnownChat(message) ? strangersWaitMs : 0
  const before = strangersWaitMs > 0 && delayMs === 0 ? all.filter(isToKnownChat) : all
  const ahead = countAhead(before, passed, message.commandId) ?? all.length
  if (!standing.connected) return { position: ahead + 1 }
  const expectedMs = Math.max(forecastMs(pace, throttle, ahead, nowMs), nowMs + delayMs)
  return { position: ahead + 1, expectedAt: new Date(expectedMs).toISOString() }
}
