// What is worth something only now: told over core NATS to whoever follows the tenant live, stored nowhere, never told again. What lasts
// is read with a GET, or is an event.
import { z } from 'zod'
import { chatState, token } from './envelope.ts'

const ofSession = { v: z.literal(1), sessionId: token, at: z.iso.datetime() }
const ofChat = { ...ofSession, chatId: token }

/** On `notice.<tenant>.<mode>`: the subject says whose it is. */
export const notice = z.discriminatedUnion('type', [
  /** Somebody changed its name, pace or proxy. */
  z.object({ ...ofSession, type: z.literal('session.updated') }),
  /** Somebody took or gave away the chat, or marked it as read. */
  z.object({ ...ofChat, type: z.literal('chat.updated') }),
  /** The other side types, or stopped. */
  z.object({ ...ofChat, type: z.literal('chat.typing'), state: chatState }),
])
export type Notice = z.infer<typeof notice>
