// Receipt stanzas → what became of a message. WhatsApp names several messages in one receipt.

import { partyOfJid } from '../session/jid.ts'
import { lookupIn } from './aliases.ts'
import type { Fact, Memory } from './memory.ts'
import type { StanzaNote } from './records.ts'

const outcomes = {
  delivered: 'message.delivered',
  read: 'message.read',
  played: 'message.played',
} as const

/** The `type` of a receipt from the other side; our own devices' receipts and retries say nothing of the recipient. */
function outcomeOf(type: string | undefined): keyof typeof outcomes | undefined {
  if (type === undefined || type === 'inactive' || type === 'delivery') return 'delivered'
  if (type === 'read') return 'read'
  if (type === 'played') return 'played'
  return undefined
}

type Receipt = Extract<Fact, { type: (typeof outcomes)[keyof typeof outcomes] }>

export function receiptEvents(memory: Memory, { tag, attrs, ids }: StanzaNote, at: string): Receipt[] {
  if (tag !== 'receipt' || attrs.recipient || attrs.participant) return []
  const outcome = outcomeOf(attrs.type)
  const from = attrs.from
  if (!outcome || !from) return []
  const chat = partyOfJid(from, lookupIn(memory))
  if (!chat.phone && !chat.lid) return []
  return ids.map((waMessageId) => {
    const messageId = memory.sent.get(waMessageId)?.messageId
    return { type: outcomes[outcome], data: { ...(messageId ? { messageId } : {}), waMessageId, chat, at } }
  })
}
