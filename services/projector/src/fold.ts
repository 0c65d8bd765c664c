// One batch of events → what it changes in all views.
import type { Mode } from '@wagate/messages/envelope.ts'
import type { Event } from '@wagate/messages/events.ts'
import {
  type Chats,
  currentChatId,
  type MessageEvent,
  projectMessage,
  projectReceipt,
  type ReceiptEvent,
} from './chat-view/project.ts'
import { countByHour, type Hours } from './message-hour/project.ts'
import { type Messages, noMessages, projectMessageRow, projectProgress } from './message-view/project.ts'
import { noteWords, type Words } from './message-words/project.ts'
import type { ServiceDays } from './service-level/days.ts'
import { countService } from './service-level/project.ts'
import { type Timeline, tellEvent } from './session-timeline/project.ts'
import { isRepeat, projectSession, type SessionRow, type Sessions, sessionKey } from './session-view/project.ts'
import { PoisonEvent, type StoredEvent } from './stored-event.ts'
import { countEvent, type Usage } from './usage/project.ts'

export type Changes = {
  sessions: SessionRow[]
  chats: Chats
  messages: Messages
  words: Words
  usage: Usage
  hours: Hours
  service: ServiceDays
  timeline: Timeline
  /** Events that a session had published before, and which changed nothing. */
  repeats: number
}

/** Folds the events, in order, into the given sessions and chats (which it changes). @throws PoisonEvent */
export function fold(events: readonly StoredEvent[], sessions: Sessions, chats: Chats): Changes {
  const touched = new Set<string>()
  const messages = noMessages()
  const words: Words = new Map()
  const usage: Usage = new Map()
  const hours: Hours = new Map()
  const service: ServiceDays = new Map()
  const timeline: Timeline = new Map()
  let repeats = 0
  for (const stored of events) {
    const { event } = stored
    const key = sessionKey(event)
    const row = sessions.get(key)
    if (isRepeat(row, event)) {
      repeats++
      continue
    }
    try {
      const session = projectSession(row, stored)
      foldMessage(stored, { chats, messages, words }, session.mode)
      countEvent(usage, stored, session.mode)
      countByHour(hours, stored, session.mode)
      tellEvent(timeline, row, event)
      sessions.set(key, { ...session, ...countService(service, row, stored, session.mode) })
      touched.add(key)
    } catch (cause) {
      throw new PoisonEvent(stored.seq, cause instanceof Error ? cause.message : 'unknown', { cause })
    }
  }
  for (const [key, row] of messages.rows)
    if (chats.merged.has(row.chat_id)) messages.rows.set(key, { ...row, chat_id: currentChatId(chats, row.chat_id) })
  const written = [...touched].flatMap((key) => sessions.get(key) ?? [])
  return { sessions: written, chats, messages, words, usage, hours, service, timeline, repeats }
}

type OfMessages = Pick<Changes, 'chats' | 'messages' | 'words'>

function foldMessage({ seq, event }: StoredEvent, { chats, messages, words }: OfMessages, mode: Mode): void {
  if (isReceipt(event)) {
    projectReceipt(chats, { seq, event })
    projectProgress(messages, { seq, event })
  } else if (isMessage(event)) {
    projectMessageRow(messages, { seq, event }, projectMessage(chats, { seq, event }, mode))
    noteWords(words, event, mode)
  }
}

const isReceipt = (event: Event): event is ReceiptEvent =>
  event.type === 'message.delivered' || event.type === 'message.read' || event.type === 'message.played'
const isMessage = (event: Event): event is MessageEvent => 'content' in event.data
