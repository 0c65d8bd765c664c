// Stanzas that Baileys does not tell of as we need them. Receipts and calls WhatsApp forgets once they are acknowledged: what each kind is
// worth is in docs/architecture.md, "What is written before it is acknowledged".
import { type ChatState, chatState } from '@wagate/messages/envelope.ts'
import type { BinaryNode } from '@whiskeysockets/baileys'
import type { StanzaNote } from '../log/records.ts'
import { splitJid } from './jid.ts'

const childrenOf = (node: BinaryNode | undefined): BinaryNode[] =>
  Array.isArray(node?.content) ? node.content.filter((child) => typeof child === 'object' && 'tag' in child) : []

/** One receipt may name further messages in a list. */
export function receiptNote(node: BinaryNode): StanzaNote | undefined {
  if (node.attrs.type === 'retry') return undefined // answered by Baileys from what was sent; nothing to remember
  const items = childrenOf(childrenOf(node).find((child) => child.tag === 'list'))
  const ids = [node.attrs.id, ...items.map((item) => item.attrs.id)].filter((id) => id !== undefined)
  return { tag: node.tag, attrs: node.attrs, ids }
}

/** Somebody calls. How the call goes on (ringing, latency, end) is over before anybody could act on it. */
export function callNote(node: BinaryNode): StanzaNote | undefined {
  const offer = childrenOf(node).find(({ tag }) => tag === 'offer' || tag === 'offer_notice')
  const callId = offer?.attrs['call-id']
  const from = offer?.attrs['call-creator'] ?? offer?.attrs.from ?? node.attrs.from
  if (!offer || !callId || !from) return undefined
  const group = offer.attrs['group-jid']
  return {
    tag: 'call',
    attrs: {
      from,
      ...(node.attrs.t ? { t: node.attrs.t } : {}),
      ...(offer.attrs.caller_pn ? { caller_pn: offer.attrs.caller_pn } : {}),
      ...(group ? { group } : {}),
      media: childrenOf(offer).some(({ tag }) => tag === 'video') || offer.attrs.media === 'video' ? 'video' : 'audio',
    },
    ids: [callId],
  }
}

/** Somebody types in the chat with that person, or stopped. */
export function typingNote(node: BinaryNode): { jid: string; state: ChatState } | undefined {
  const address = splitJid(node.attrs.from ?? '')
  const state = chatState.options.find((each) => each === childrenOf(node)[0]?.tag)
  if (!address || !state) return undefined
  return { jid: `${address.user}@${address.server}`, state }
}
