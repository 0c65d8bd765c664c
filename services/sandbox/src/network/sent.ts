/** What the server remembers of the messages one account sent: for duplicates, and to pass on each receipt state once. */
export type MessageState = 'sent' | 'delivered' | 'read' | 'played'

export type SentMessages = {
  /** Notes a message stanza: `new`, an answer to a retry receipt (`resend`), or the same id again for no reason (`duplicate`). */
  note(chat: string, id: string): 'new' | 'resend' | 'duplicate'
  /** A receiver could not decrypt this message, so one more stanza with its id is expected. */
  expectResend(chat: string, id: string): void
  /** Raises the state; false when it was already there. An unknown message counts as raised. */
  raise(chat: string, id: string, state: MessageState): boolean
}

type Entry = { rank: number; resendsExpected: number }

const ranks: Record<MessageState, number> = { sent: 0, delivered: 1, read: 2, played: 3 }

/** Remembers the last `limit` messages; older ones are forgotten. */
export function createSentMessages(limit = 10_000): SentMessages {
  const entries = new Map<string, Entry>()
  const key = (chat: string, id: string) => `${chat} ${id}`

  return {
    note(chat, id) {
      const known = entries.get(key(chat, id))
      if (known) {
        if (known.resendsExpected === 0) return 'duplicate'
        known.resendsExpected--
        return 'resend'
      }
      entries.set(key(chat, id), { rank: 0, resendsExpected: 0 })
      if (entries.size > limit) {
        const [oldest] = entries.keys()
        if (oldest !== undefined) entries.delete(oldest)
      }
      return 'new'
    },

    expectResend(chat, id) {
      const known = entries.get(key(chat, id))
      if (known) known.resendsExpected++
    },

    raise(chat, id, state) {
      const known = entries.get(key(chat, id))
      if (!known) return true
      if (ranks[state] <= known.rank) return false
      known.rank = ranks[state]
      return true
    },
  }
}
