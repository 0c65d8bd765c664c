/** What a phone shows: every message once, by its id in its chat, in the order in which it came. */
export type MessageStatus = 'pending' | 'sent' | 'delivered' | 'read' | 'played' | 'failed' | 'received'

export type ShownMessage = {
  seq: number
  id: string
  /** Digits of the other side's number. */
  chat: string
  fromMe: boolean
  /** Digits of the author's number. */
  from: string
  text: string
  at: Date
  status: MessageStatus
  /** Where a read receipt goes: the chat's address as the message used it. */
  replyTo: string
}

export type ShownMessages = {
  /** Adds a message; undefined when it is shown already. */
  show(message: Omit<ShownMessage, 'seq'>): ShownMessage | undefined
  find(chat: string, fromMe: boolean, id: string): ShownMessage | undefined
  /** Messages with a `seq` above `after`, at most `limit`. */
  after(after: number, limit: number): ShownMessage[]
  unread(ids?: string[]): ShownMessage[]
}

/** A phone keeps this many messages; with older ones it also forgets that it showed them. */
const keptMessages = 20_000

export function createShownMessages(saved: ShownMessage[] = []): ShownMessages {
  const key = (chat: string, fromMe: boolean, id: string) => `${chat} ${fromMe ? 'me' : ''} ${id}`
  let messages = [...saved]
  const byKey = new Map(saved.map((message) => [key(message.chat, message.fromMe, message.id), message]))
  let lastSeq = saved.at(-1)?.seq ?? 0

  return {
    show(message) {
      const name = key(message.chat, message.fromMe, message.id)
      if (byKey.has(name)) return undefined
      const shown = { ...message, seq: ++lastSeq }
      byKey.set(name, shown)
      messages.push(shown)
      // Trimmed in blocks, because moving the array at every message would cost more than the message.
      if (messages.length >= keptMessages * 1.1) {
        const gone = messages.splice(0, messages.length - keptMessages)
        for (const old of gone) byKey.delete(key(old.chat, old.fromMe, old.id))
        messages = [...messages]
      }
      return shown
    },
    find: (chat, fromMe, id) => byKey.get(key(chat, fromMe, id)),
    after(after, limit) {
      const first = messages[0]?.seq ?? 1
      const start = Math.max(0, after - first + 1)
      return messages.slice(start, start + limit)
    },
    unread: (ids) =>
      messages.filter((m) => !m.fromMe && m.status === 'received' && (ids === undefined || ids.includes(m.id))),
  }
}
