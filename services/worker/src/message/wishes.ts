// What people in an inbox wish that WhatsApp be told: that they read, that they type, that they want to see who types. It is worth nothing
// a moment later, so it is told if there is a connection that may be written to, and nothing remembers it.
import type { Wish } from '@wagate/messages/questions.ts'
import { jidsOf } from '../session/jid.ts'
import type { WhatsAppSocket } from '../session/socket.ts'
import { createWatches, type WatchesDeps } from './watches.ts'

export type WishesDeps = Omit<WatchesDeps, 'socket'> & {
  socket: () => Pick<WhatsAppSocket, 'markRead' | 'showTyping' | 'watchTyping'> | undefined
}

export type Wishes = ReturnType<typeof createWishes>

export function createWishes(deps: WishesDeps) {
  const watches = createWatches(deps)

  return {
    typed: watches.typed,

    fulfil(wish: Wish): undefined {
      switch (wish.kind) {
        case 'read': {
          const read = wish.messages.map(({ waMessageId, chat }) => ({ id: waMessageId, jid: jidsOf(chat)[0] }))
          deps.socket()?.markRead(read.flatMap(({ id, jid }) => (jid === undefined ? [] : { id, jid })))
          return
        }
        case 'typing': {
          const [jid] = jidsOf(wish.chat)
          if (jid !== undefined) deps.socket()?.showTyping(jid, wish.state)
          return
        }
        case 'watch':
          watches.watch(wish.chat, wish.chatId)
      }
    },
  }
}
