// How much waits, and where in the queue a message stands: what a gateway asks for.
import { idWithKind } from '@wagate/messages/ids.ts'
import type { Pacing } from '@wagate/messages/pacing.ts'
import type { QueueAnswer, QueueQuestion, WaitingMessage } from '@wagate/messages/questions.ts'
import type { Memory } from '../log/memory.ts'
import type { QueuedMessage } from '../log/records.ts'
import { countAhead, depthOf, type Passed } from './outbox.ts'
import { forecastMs, type Throttle } from './pacing.ts'
import { pendingFor } from './pending.ts'
import { heldStrangers } from './strangers.ts'
import { waMessageIdFor } from './wa-id.ts'

export type Standing = {
  memory: Memory
  pace: Pacing
  throttle: Throttle
  passed: Passed
  connected: boolean
  nowMs: number
}

export function reportQueue(standing: Standing, { messageId, chat }: QueueQuestion): QueueAnswer {
  const message = messageId === undefined ? undefined : find(standing, messageId)
  return {
    v: 1,
    depth: depthOf(standing.memory.queue),
    ...(message && { message }),
    ...(chat && { pending: pendingFor(standing.memory, chat) }),
  }
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

/** What may not begin its chat yet stands behind everything that may go, and behind what may begin earlier. */
function place(standing: Standing, message: QueuedMessage): { position: number; expectedAt?: string } {
  const { memory, pace, throttle, passed, connected, nowMs } = standing
  const heldUntilMs = heldStrangers(memory, pace, nowMs)
  const ownMs = heldUntilMs(message) ?? nowMs
  const all = [...memory.queue.values()].map((each) => ({ each, fromMs: heldUntilMs(each) ?? nowMs }))
  const beside = all.filter(({ fromMs }) => fromMs === ownMs).map(({ each }) => each)
  const earlier = all.filter(({ fromMs }) => fromMs < ownMs).length
  const ahead = earlier + (countAhead(beside, passed, message.commandId) ?? 0)
  if (!connected) return { position: ahead + 1 }
  const expectedMs = Math.max(forecastMs(pace, throttle, ahead, nowMs), ownMs)
  return { position: ahead + 1, expectedAt: new Date(expectedMs).toISOString() }
}
