// A decrypted stanza → the message it carries, or undefined when it is none: key shares, history, groups, our own noise.

import type { Content, Party } from '@wagate/messages/envelope.ts'
import { getContentType, normalizeMessageContent, proto, unpadRandomMax16 } from '@whiskeysockets/baileys'
import type { InboundMessage } from '../log/records.ts'
import { isPerson, partyOfJid } from '../session/jid.ts'

/** A message this recent has just been written: it did not wait for us. */
const recentMs = 10_000

/**
 * WhatsApp tells whole seconds. Within its second a message that has just been written keeps the time at which it came, so that
 * a quick reply is not older than what it answers. Our time where a stanza has none that is one.
 */
function sentAt(t: string | undefined, nowMs: number): string {
  const second = Number(t) * 1000
  if (!(second > 0 && second < 8.64e15)) return new Date(nowMs).toISOString()
  const isRecent = Math.abs(nowMs - second) < recentMs
  return new Date(isRecent ? Math.min(Math.max(nowMs, second), second + 999) : second).toISOString()
}

export type Account = { party: Party; lookup: (id: string) => string | undefined }

/** Members of a WhatsApp message that are not content for people. */
const housekeeping = new Set([
  'protocolMessage',
  'senderKeyDistributionMessage',
  'messageContextInfo',
  'peerDataOperationRequestMessage',
])

export function readMessage(
  attrs: Record<string, string>,
  plaintext: Uint8Array,
  account: Account,
  nowMs: number,
): InboundMessage | undefined {
  const { id, from, recipient } = attrs
  if (!id || !from || !isPerson(from) || attrs.category === 'peer') return undefined
  const sender = partyWithAlternative(from, attrs.sender_pn ?? attrs.sender_lid, account)
  const fromMe = isSame(sender, account.party)
  if (fromMe && !recipient) return undefined
  if (recipient && !isPerson(recipient)) return undefined
  const content = readContent(plaintext)
  if (!content) return undefined
  const recipientAlternative =
    attrs.recipient_pn ?? attrs.recipient_lid ?? attrs.peer_recipient_pn ?? attrs.peer_recipient_lid
  const chat = fromMe && recipient ? partyWithAlternative(recipient, recipientAlternative, account) : sender
  return {
    waMessageId: id,
    chat,
    from: sender,
    fromMe,
    content,
    at: sentAt(attrs.t, nowMs),
    ...(attrs.notify && !fromMe ? { pushName: attrs.notify } : {}),
  }
}

/** What people see of a plaintext; undefined when they see nothing. */
function readContent(plaintext: Uint8Array): Content | undefined {
  const message = normalizeMessageContent(decode(plaintext))
  if (!message) return undefined
  const body = message.conversation || message.extendedTextMessage?.text
  if (body) return { type: 'text', text: { body } }
  const kind = getContentType(message)
  return kind && !housekeeping.has(kind) ? { type: 'unsupported', unsupported: { kind } } : undefined
}

/** What the other side encrypted need not be a message at all. */
function decode(plaintext: Uint8Array): proto.IMessage | undefined {
  try {
    const message = proto.Message.decode(unpadRandomMax16(plaintext))
    return message.deviceSentMessage?.message ?? message
  } catch {
    return undefined
  }
}

/** A stanza names its sender once and often gives the other name as an attribute. */
function partyWithAlternative(jid: string, alternative: string | undefined, account: Account): Party {
  const own = partyOfJid(jid, account.lookup)
  return alternative ? { ...partyOfJid(alternative, account.lookup), ...own } : own
}

const isSame = (one: Party, other: Party): boolean =>
  (one.phone !== undefined && one.phone === other.phone) || (one.lid !== undefined && one.lid === other.lid)
