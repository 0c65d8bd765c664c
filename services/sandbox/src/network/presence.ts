/** What a linked client wants to hear of others: WhatsApp tells it who types only while it is available, and only of those it subscribed to. */
import type { Account, Device } from '../account/account.ts'
import { parseUserJid } from '../wire/jid.ts'
import type { BinaryNode } from '../wire/node.ts'
import type { NetworkContext } from './context.ts'

export type Presence = {
  note(stanza: BinaryNode): void
  hears(author: Account): boolean
}

/** A presence without a type only tells the client's name. Subscriptions end when the client becomes unavailable, and with its connection. */
export function createPresence({ directory }: NetworkContext, { account }: Device): Presence {
  const subscribed = new Set<Account>()
  let isAvailable = false
  return {
    note({ attrs: { type, to } }) {
      if (type === 'available') isAvailable = true
      if (type === 'unavailable') {
        isAvailable = false
        subscribed.clear()
      }
      const address = type === 'subscribe' ? parseUserJid(to) : undefined
      const other = address && directory.find(account.realm, address.user)
      if (other) subscribed.add(other)
    },
    hears: (author) => isAvailable && subscribed.has(author),
  }
}
