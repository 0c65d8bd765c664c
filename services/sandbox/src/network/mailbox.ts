import type { BinaryNode } from '../wire/node.ts'

/**
 * What one device was sent and has not confirmed yet, in order. A stanza leaves only when the device receipts or acks it,
 * so everything else is redelivered at the next login.
 */
export type Mailbox = {
  add(stanza: BinaryNode): void
  /** Removes what this confirmation covers and returns how many stanzas that was. */
  settle(confirmed: { stanza: string; id: string; type?: string | undefined }): number
  pending(): BinaryNode[]
  size(): number
}

/** Beyond this many unconfirmed stanzas the oldest is given up, so that a device nobody reads cannot fill the process. */
const maxPending = 100_000

export function createMailbox(): Mailbox {
  let waiting: Map<string, BinaryNode[]> | undefined
  let count = 0

  return {
    add(stanza) {
      waiting ??= new Map()
      const key = keyOf(stanza.tag, stanza.attrs.id ?? '', stanza.attrs.type)
      const same = waiting.get(key)
      if (same) same.push(stanza)
      else waiting.set(key, [stanza])
      count++
      if (count <= maxPending) return
      const [oldest] = waiting
      if (!oldest) return
      waiting.delete(oldest[0])
      count -= oldest[1].length
    },

    settle({ stanza, id, type }) {
      const key = keyOf(stanza, id, type)
      const confirmed = waiting?.get(key)
      if (!confirmed) return 0
      waiting?.delete(key)
      count -= confirmed.length
      return confirmed.length
    },

    pending: () => (waiting ? [...waiting.values()].flat() : []),
    size: () => count,
  }
}

/** A delivery and a read receipt share the message's id and are confirmed one by one; of a message only the id counts. */
function keyOf(stanza: string, id: string, type: string | undefined): string {
  return stanza === 'receipt' ? `receipt ${id} ${type ?? ''}` : `${stanza} ${id}`
}
