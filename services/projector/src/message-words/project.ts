// Messages with text → the words by which they are found.
import type { Mode } from '@wagate/messages/envelope.ts'
import { wordScope, wordsOf } from '@wagate/messages/words.ts'
import type { MessageEvent } from '../chat-view/project.ts'
import { createdAt } from '../message-view/project.ts'

/** A row of `message_words`. */
export type WordsRow = {
  tenant_id: string
  message_id: string
  created_at: string
  session_id: string
  words: string[]
}
/** By tenant and message. */
export type Words = Map<string, WordsRow>

/** The first event that carries a message tells its words; they do not change. */
export function noteWords(words: Words, event: MessageEvent, mode: Mode): void {
  const { tenantId, sessionId, data } = event
  const key = `${tenantId}|${data.messageId}`
  if (data.content.type !== 'text' || words.has(key)) return
  const scope = wordScope(tenantId, mode)
  const found = wordsOf(data.content.text.body).map((word) => `${scope}:${word}`)
  const message = { tenant_id: tenantId, message_id: data.messageId, session_id: sessionId }
  if (found.length > 0) words.set(key, { ...message, created_at: createdAt(data.messageId, event), words: found })
}
