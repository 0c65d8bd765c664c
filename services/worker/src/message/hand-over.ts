// What the outbox asks of WhatsApp about one message.
import type { Memory } from '../log/memory.ts'
import type { QueuedMessage } from '../log/records.ts'
import type { WhatsAppSocket } from '../session/socket.ts'

/**
 * Asks WhatsApp once per number: writing to numbers that are not on it gets accounts restricted. Undefined when it did not say.
 */
export async function isOnWhatsApp(
  { keys }: Pick<Memory, 'keys'>,
  socket: WhatsAppSocket,
  to: string,
): Promise<boolean | undefined> {
  if (!to.startsWith('+') || keys.has('lid-mapping', to.slice(1))) return true
  try {
    return await socket.isOnWhatsApp(to.slice(1))
  } catch {
    return undefined
  }
}

/**
 * Resolves with the code of a failure when it can never be sent. One that could not be handed over stays unacknowledged: it goes
 * out with the next connection.
 */
export async function handToSocket(
  socket: WhatsAppSocket,
  { to, content }: QueuedMessage,
  waMessageId: string,
): Promise<'content-not-supported' | 'encryption-failed' | undefined> {
  if (content.type !== 'text') return 'content-not-supported'
  const jid = to.startsWith('+') ? `${to.slice(1)}@s.whatsapp.net` : to
  const outcome = await socket.send(jid, content.text.body, waMessageId).catch(() => 'disconnected' as const)
  return outcome === 'unsendable' ? 'encryption-failed' : undefined
}
