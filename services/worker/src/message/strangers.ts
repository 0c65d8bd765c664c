// First messages to people whom the account does not know: they wait for the session's own limit, and while WhatsApp
// restricts the account; nobody else waits for them.
import { lanes } from '@wagate/messages/commands.ts'
import type { Pacing } from '@wagate/messages/pacing.ts'
import { isKnown } from '../log/chats.ts'
import type { Memory } from '../log/memory.ts'
import { chatOf } from '../log/outbound.ts'
import type { QueuedMessage } from '../log/records.ts'
import { newChatsLockedUntilMs } from '../log/standing.ts'
import { newChatTimesMs } from './pacing.ts'

export const isToKnownChat = (memory: Memory, { to }: QueuedMessage): boolean =>
  isKnown(memory.chats, chatOf(memory, to))

const fromMs = ({ standing }: Memory, nowMs: number): number => newChatsLockedUntilMs(standing, nowMs) ?? nowMs

/** In how many ms a chat may be begun. */
export function strangersWaitMs(memory: Memory, pace: Pacing, nowMs: number): number {
  const [next = nowMs] = newChatTimesMs(pace, memory.chats.startedAtMs, fromMs(memory, nowMs), 1)
  return next - nowMs
}

/** When those that wait may begin their chats, if nobody else comes: which of them cannot go yet, and until when. */
export function heldStrangers(
  memory: Memory,
  pace: Pacing,
  nowMs: number,
): (message: QueuedMessage) => number | undefined {
  const firstMs = fromMs(memory, nowMs)
  if (pace.newChatsPerHour === null && firstMs === nowMs) return () => undefined
  const nameOf = ({ to }: QueuedMessage): string => {
    const { phone, lid } = chatOf(memory, to)
    return phone ?? lid ?? to
  }
  const unknown = [...memory.queue.values()].filter((message) => !isToKnownChat(memory, message))
  const names = new Set(lanes.flatMap((lane) => unknown.filter((message) => message.lane === lane).map(nameOf)))
  const times = newChatTimesMs(pace, memory.chats.startedAtMs, firstMs, names.size)
  const timeOf = new Map([...names].map((name, index) => [name, times[index] ?? firstMs]))
  return (message) => {
    const atMs = timeOf.get(nameOf(message))
    return atMs !== undefined && atMs > nowMs ? atMs : undefined
  }
}
