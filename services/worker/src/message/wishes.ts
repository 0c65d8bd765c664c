// What people in an inbox wish that WhatsApp be told: that they read, that they type. It is worth nothing a moment later, so it is told if
// there is a connection that may be written to, and nothing remembers it.
import type { Party } from '@wagate/messages/envelope.ts'
import type { Wish } from '@wagate/messages/questions.ts'
import type { WhatsAppSocket } from '../session/socket.ts'

export function fulfil(wish: Wish, socket: Pick<WhatsAppSocket, 'markRead' | 'showTyping'> | undefined): undefined {
  switch (wish.kind) {
    case 'read': {
      const read = wish.messages.map(({ waMessageId, chat }) => ({ id: waMessageId, jid: jidOf(chat) }))
      socket?.markRead(read.flatMap(({ id, jid }) => (jid === undefined ? [] : { id, jid })))
      return
    }
    case 'typing': {
      const jid = jidOf(wish.chat)
      if (jid !== undefined) socket?.showTyping(jid, wish.state)
    }
  }
}

/** The LID where both are known: WhatsApp sends messages of people under it, and a receipt goes where its message came from. */
const jidOf = ({ phone, lid }: Party): string | undefined =>
  lid ?? (phone === undefined ? undefined : `${phone.slice(1)}@s.whatsapp.net`)
