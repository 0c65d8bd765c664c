// What a gateway asks the worker that has a session. Core NATS, request and reply: nothing is stored, and without an answer
// in time the gateway says less.
import { z } from 'zod'
import { lane } from './commands.ts'
import { chatState, content, party, token } from './envelope.ts'

const count = z.number().int().nonnegative()

/** How much waits; and where one message stands, or what waits for a chat. */
export const queueQuestion = z.object({
  v: z.literal(1),
  messageId: z.string().max(64).optional(),
  chat: party.optional(),
})
export type QueueQuestion = z.infer<typeof queueQuestion>

const asked = {
  to: z.string(),
  type: z.string(),
  lane,
  acceptedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().optional(),
}

export const waitingMessage = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('queued'),
    ...asked,
    /** 1 = next. */
    position: count,
    /** Absent while there is no connection. */
    expectedAt: z.iso.datetime().optional(),
  }),
  /** It was handed to WhatsApp. An event says what became of it, or is about to. */
  z.object({ state: z.literal('sending'), ...asked }),
  /** It waits no more and was not handed over, or that was long ago. An event says what became of it, or is about to. */
  z.object({ state: z.literal('settled') }),
])
export type WaitingMessage = z.infer<typeof waitingMessage>

/** A message to the chat that was asked for, of which no event tells yet. */
export const pendingMessage = z.object({
  messageId: z.string(),
  state: z.enum(['queued', 'sending']),
  to: z.string(),
  content,
  acceptedAt: z.iso.datetime(),
})
export type PendingMessage = z.infer<typeof pendingMessage>

export const queueAnswer = z.object({
  v: z.literal(1),
  /** Messages that wait, by lane. */
  depth: z.object({ high: count, normal: count, bulk: count }),
  /** The one that was asked for; absent when the session does not know it. */
  message: waitingMessage.optional(),
  /** Of the chat that was asked for: the newest, at most 50 and 256 KiB of them. */
  pending: z.array(pendingMessage).optional(),
})
export type QueueAnswer = z.infer<typeof queueAnswer>

/** A message that was received, as WhatsApp knows it. */
export const readMessage = z.object({ waMessageId: z.string().min(1).max(128), chat: party })
export type ReadMessage = z.infer<typeof readMessage>

/**
 * Wishes rather than questions: nobody waits for an answer, and a session that is not connected lets them pass. They are worth nothing
 * a moment later, so they leave no trace in its log.
 */
export const wish = z.discriminatedUnion('kind', [
  /** Somebody read these: their authors may know. */
  z.object({ v: z.literal(1), kind: z.literal('read'), messages: z.array(readMessage).min(1).max(100) }),
  z.object({ v: z.literal(1), kind: z.literal('typing'), chat: party, state: chatState }),
  /** Somebody has the chat before them: for two minutes a notice tells when the other side types. */
  z.object({ v: z.literal(1), kind: z.literal('watch'), chat: party, chatId: token }),
])
export type Wish = z.infer<typeof wish>

/** A wish of a kind that this version does not know counts as a question to which nobody waits for the answer. */
export const question = z.union([wish, queueQuestion])
export type Question = z.infer<typeof question>
