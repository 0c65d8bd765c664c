// A message of ours as its events tell it.
import type { Party } from '@wagate/messages/envelope.ts'
import { partyOfJid } from '../session/jid.ts'
import { lookupIn } from './aliases.ts'
import type { Memory } from './memory.ts'
import type { QueuedMessage } from './records.ts'

export const outbound = (memory: Memory, message: QueuedMessage) => ({
  messageId: message.messageId,
  chat: chatOf(memory, message.to),
  content: message.content,
  acceptedAt: message.acceptedAt,
})

/** Whom a message goes to, under both of the names that WhatsApp knows, as far as the session has learned them. */
export function chatOf(memory: Memory, to: string): Party {
  const jid = to.startsWith('+') ? `${to.slice(1)}@s.whatsapp.net` : to
  return partyOfJid(jid, lookupIn(memory))
}
