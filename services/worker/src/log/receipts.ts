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
/** How far a message has come with its recipient. */
export type Reached = keyof typeof outcomes

/** The `type` of a receipt from the other side; our own devices' receipts and retries say nothing of the recipient. */
function outcomeOf(type: string | undefined): Reached | undefined {
  if (type === undefined || type === 'inactive' || type === 'delivery') return 'delivered'
  if (type === 'read') return 'read'
  if (type === 'played') return 'played'
  return undefined
}

type Receipt = Extract<Fact, { type: (typeof outcomes)[Reached] }>

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

/** What the receipt tells that was not told before: WhatsApp delivers one again that it saw no acknowledgement of. */
export function newsOf(memory: Memory, receipt: StanzaNote): StanzaNote | undefined {
  const outcome = outcomeOf(receipt.attrs.type)
  const ids = receipt.ids.filter((id) => !outcome || !memory.sent.get(id)?.told?.includes(outcome))
  return ids.length > 0 ? { ...receipt, ids } : undefined
}

export function noteTold(memory: Memory, receipt: StanzaNote): void {
  const outcome = outcomeOf(receipt.attrs.type)
  for (const id of receipt.ids) {
    const sent = memory.sent.get(id)
    if (sent && outcome && !sent.told?.includes(outcome)) sent.told = [...(sent.told ?? []), outcome]
  }
}
