/** What reaches a phone: it decrypts and shows messages, answers with receipts, and follows the states of its own. */
import { type Account, accountJid } from '../account/account.ts'
import { stateOf } from '../network/chatstate.ts'
import { routeReceipt } from '../network/receipt.ts'
import { readSignalHeader } from '../signal/header.ts'
import { parseUserJid } from '../wire/jid.ts'
import { attributes, type BinaryNode, bytesOf, childOf, childrenOf, node } from '../wire/node.ts'
import { type ReceivedContent, readContent } from './content.ts'
import { nextRetry, type Phone, type PhoneDeps, raiseStatus } from './phone.ts'
import { sendReadReceipts } from './read.ts'
import { answerRetry, askAgain } from './send.ts'
import type { MessageStatus } from './shown.ts'

/** Only the last ones are kept for the control API; the counters know them all. */
const keptUndecryptable = 1_000

export function receive(deps: PhoneDeps, phone: Phone, stanza: BinaryNode): Promise<void> | void {
  switch (stanza.tag) {
    case 'message':
      return receiveMessage(deps, phone, stanza)
    case 'receipt':
      phone.device.mailbox.settle({ stanza: 'receipt', id: stanza.attrs.id ?? '', type: stanza.attrs.type })
      return stanza.attrs.type === 'retry' ? answerRetry(deps, phone, stanza) : applyReceipt(deps, phone, stanza)
    case 'ack':
      return applyAck(deps, phone, stanza)
    case 'chatstate':
      return noteTyping(deps, phone, stanza)
    default:
      phone.device.mailbox.settle({ stanza: stanza.tag, id: stanza.attrs.id ?? '' })
  }
}

async function receiveMessage(deps: PhoneDeps, phone: Phone, stanza: BinaryNode): Promise<void> {
  const { stats, directory } = deps.network
  const { realm } = phone.account
  const { id = '', from } = stanza.attrs
  const address = parseUserJid(from)
  const sender = address && directory.find(realm, address.user)
  const enc = childOf(stanza, 'enc')
  const ciphertext = bytesOf(enc)
  if (!address || !sender || !ciphertext) return drop(phone, id)

  const signalJid = accountJid(sender, 'lid', address.device)
  const header = readSignalHeader(enc?.attrs.type, ciphertext)
  const verdict = header && phone.chains.note(signalJid, header)
  if (verdict?.kind === 'gap') stats.count(realm, 'counter_gaps', verdict.missing)

  const type = enc?.attrs.type === 'pkmsg' ? 'pkmsg' : 'msg'
  let content: ReceivedContent
  try {
    content = readContent(await phone.signal().decrypt(signalJid, { type, ciphertext }))
  } catch (error) {
    const isShown = phone.shown.find(chatOf(deps, phone, stanza, sender).number, sender === phone.account, id)
    if (verdict?.kind === 'repeated' && isShown) {
      // The same ciphertext again is no news and no damage: the phone confirms it and stays silent.
      stats.count(realm, 'frames_repeated')
      return confirm(deps, phone, stanza)
    }
    return reportUndecryptable(deps, phone, stanza, sender, error)
  }
  for (const entry of phone.undecryptable) if (entry.id === id && entry.from === sender.number) entry.recovered = true
  confirm(deps, phone, stanza)
  if (content.kind !== 'invisible') show(deps, phone, stanza, sender, content)
}

function show(
  deps: PhoneDeps,
  phone: Phone,
  stanza: BinaryNode,
  sender: Account,
  content: { kind: 'message' | 'copy'; text: string },
): void {
  const { stats, now } = deps.network
  const chat = chatOf(deps, phone, stanza, sender)
  const isOwn = sender === phone.account
  phone.typing.note(sender.number, 'paused')
  const shown = phone.shown.show({
    id: stanza.attrs.id ?? '',
    chat: chat.number,
    fromMe: isOwn,
    from: sender.number,
    text: content.text,
    at: now(),
    status: isOwn ? 'sent' : 'received',
    replyTo: accountJid(chat, parseUserJid(stanza.attrs.from)?.mode ?? 'lid'),
  })
  stats.count(phone.account.realm, shown ? 'shown' : 'repeats_hidden')
  if (shown && !isOwn && phone.autoRead) sendReadReceipts(deps, phone, [shown])
}

/** The other side of the chat: the recipient of a copy, the author of anything else. */
function chatOf({ network }: PhoneDeps, phone: Phone, stanza: BinaryNode, sender: Account): Account {
  const recipient = parseUserJid(stanza.attrs.recipient)
  return (recipient && network.directory.find(phone.account.realm, recipient.user)) ?? sender
}

/** The delivery receipt; for copies of own messages one that goes no further than the server. */
function confirm({ network }: PhoneDeps, phone: Phone, stanza: BinaryNode): void {
  const { id, from = '', recipient, category } = stanza.attrs
  const type = category === 'peer' ? 'peer_msg' : recipient ? 'sender' : undefined
  routeReceipt(network, phone.device, node('receipt', attributes({ id, to: from, recipient, type })))
}

function reportUndecryptable(deps: PhoneDeps, phone: Phone, stanza: BinaryNode, sender: Account, error: unknown): void {
  const { id = '', from = '' } = stanza.attrs
  deps.network.stats.count(phone.account.realm, 'undecryptable')
  drop(phone, id)
  const retry = nextRetry(phone, id, from)
  const reason = error instanceof Error ? error.message : 'unknown'
  const known = phone.undecryptable.find((entry) => entry.id === id && entry.from === sender.number)
  if (known) known.retries = retry ?? known.retries
  else {
    phone.undecryptable.push({ id, from: sender.number, at: deps.network.now(), reason, retries: 1, recovered: false })
    if (phone.undecryptable.length > keptUndecryptable) phone.undecryptable.shift()
  }
  if (retry !== undefined) askAgain(deps, phone, stanza, retry)
}

function drop(phone: Phone, id: string): void {
  phone.device.mailbox.settle({ stanza: 'message', id })
}

const receiptStatuses: MessageStatus[] = ['delivered', 'read', 'played']

function applyReceipt({ network }: PhoneDeps, phone: Phone, receipt: BinaryNode): void {
  const status = receiptStatuses.find((each) => each === (receipt.attrs.type ?? 'delivered'))
  const { from, recipient } = receipt.attrs
  const chat = network.directory.find(phone.account.realm, parseUserJid(recipient ?? from)?.user ?? '')
  if (!status || !chat) return
  const ids = [receipt.attrs.id, ...childrenOf(childOf(receipt, 'list'), 'item').map((item) => item.attrs.id)]
  for (const id of ids) {
    // With a recipient, another device of this account read what the other side wrote.
    const message = id === undefined ? undefined : phone.shown.find(chat.number, recipient === undefined, id)
    if (message) raiseStatus(message, status)
  }
}

function noteTyping({ network }: PhoneDeps, phone: Phone, stanza: BinaryNode): void {
  const author = network.directory.find(phone.account.realm, parseUserJid(stanza.attrs.from)?.user ?? '')
  const state = stateOf(stanza)
  if (author && state) phone.typing.note(author.number, state)
}

function applyAck({ network }: PhoneDeps, phone: Phone, ack: BinaryNode): void {
  const { id = '', from, error } = ack.attrs
  const chat = network.directory.find(phone.account.realm, parseUserJid(from)?.user ?? '')
  const message = chat && phone.shown.find(chat.number, true, id)
  if (message) raiseStatus(message, error === undefined ? 'sent' : 'failed')
}
