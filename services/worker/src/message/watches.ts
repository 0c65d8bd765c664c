// Chats whose other side is watched for typing. WhatsApp tells of it only while the account counts as online, which silences its phone:
// so only while somebody has the chat before them and says so again and again.
import type { ChatState, Party } from '@wagate/messages/envelope.ts'
import type { Notice } from '@wagate/messages/notices.ts'
import { jidsOf } from '../session/jid.ts'
import type { WhatsAppSocket } from '../session/socket.ts'

export type WatchesDeps = {
  /** If the session may write to WhatsApp now. */
  socket: () => Pick<WhatsAppSocket, 'watchTyping'> | undefined
  /** Whether it may or not: whoever is watched by nobody must not stay online. */
  connection: () => Pick<WhatsAppSocket, 'appearOffline'> | undefined
  tell: (notice: Notice) => void
  sessionId: string
  now: () => Date
  after: (ms: number, run: () => void) => void
}

/** How long a chat is watched after somebody said so last. */
export const watchedMs = 120_000
/** More than that at once are watched by nobody: the oldest gives way. */
export const maxWatched = 100

export type Watches = ReturnType<typeof createWatches>

export function createWatches({ socket, connection, tell, sessionId, now, after }: WatchesDeps) {
  /** By chat id, the one that ends first first, since all are watched equally long. */
  const watched = new Map<string, { jids: string[]; untilMs: number }>()
  let isTimed = false

  function expire(): void {
    const nowMs = now().getTime()
    for (const [chatId, { untilMs }] of watched) if (untilMs <= nowMs) watched.delete(chatId)
    const [first] = watched.values()
    isTimed = first !== undefined
    if (first) after(first.untilMs - nowMs, expire)
    else connection()?.appearOffline()
  }

  return {
    /** Asked again each time: after another login, WhatsApp knows of none. */
    watch(chat: Party, chatId: string): void {
      const jids = jidsOf(chat)
      const [jid] = jids
      const own = socket()
      if (jid === undefined || !own) return
      watched.delete(chatId)
      watched.set(chatId, { jids, untilMs: now().getTime() + watchedMs })
      const [oldest] = watched.keys()
      if (watched.size > maxWatched && oldest !== undefined) watched.delete(oldest)
      own.watchTyping(jid)
      if (isTimed) return
      isTimed = true
      after(watchedMs, expire)
    },

    /** Somebody types, or stopped: told if their chat is watched. */
    typed(jid: string, state: ChatState): void {
      const nowMs = now().getTime()
      for (const [chatId, { jids, untilMs }] of watched)
        if (untilMs > nowMs && jids.includes(jid))
          tell({ v: 1, type: 'chat.typing', sessionId, chatId, state, at: now().toISOString() })
    },
  }
}
