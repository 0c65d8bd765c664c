/** A phone writes: to every device of the other side, and a copy to the account's own linked clients. */
import { randomBytes } from 'node:crypto'
import { encodeBigEndian } from '@whiskeysockets/baileys'
import { type Account, accountJid, type Device, linkedDevices } from '../account/account.ts'
import {
  type KeyBundle,
  keyType,
  parsePreKey,
  parseSignedPreKey,
  preKeyNode,
  signedPreKeyNode,
} from '../keys/bundle.ts'
import { deliver, timestamp } from '../network/context.ts'
import { routeReceipt } from '../network/receipt.ts'
import { parseUserJid } from '../wire/jid.ts'
import { attributes, type BinaryNode, bytesOf, childOf, node, uintOf } from '../wire/node.ts'
import { writeFirstHistory, writeText, writeTextCopy } from './content.ts'
import { nextRetry, type Phone, type PhoneDeps } from './phone.ts'
import type { ShownMessage } from './shown.ts'

/** Writes a text into a chat and returns it as the phone shows it. Offline, it waits in the outbox. */
export function sendText(deps: PhoneDeps, phone: Phone, chat: Account, text: string): ShownMessage {
  const id = `3A${randomBytes(9).toString('hex').toUpperCase()}`
  const shown = phone.shown.show({
    id,
    chat: chat.number,
    fromMe: true,
    from: phone.account.number,
    text,
    at: deps.network.now(),
    status: 'pending',
    replyTo: accountJid(chat, 'lid'),
  })
  if (!shown) throw new Error('a fresh message id was used before')
  const send = () => encryptAndRoute(deps, phone, chat, shown)
  if (phone.device.link) phone.enqueue(send)
  else phone.outbox.push(send)
  return shown
}

/** Puts what was written and not sent yet, as the phone shows it, back into the outbox. */
export function resumePending(deps: PhoneDeps, phone: Phone): void {
  for (const message of phone.shown.after(0, Number.POSITIVE_INFINITY)) {
    const chat = message.status === 'pending' && deps.network.directory.find(phone.account.realm, message.chat)
    if (chat) phone.outbox.push(() => encryptAndRoute(deps, phone, chat, message))
  }
}

/** Chats are addressed by LID, as WhatsApp's own clients address them now. */
async function encryptAndRoute(
  deps: PhoneDeps,
  phone: Phone,
  chat: Account,
  { id, text }: ShownMessage,
): Promise<void> {
  const to = accountJid(chat, 'lid')
  const others = chat === phone.account ? [] : [...chat.devices.values()]
  const participants: BinaryNode[] = []
  for (const device of [...others, ...linkedDevices(phone.account)]) {
    const plaintext = device.account === phone.account ? writeTextCopy(text, to) : writeText(text)
    const enc = await encryptFor(phone, device, plaintext)
    participants.push(node('to', { jid: accountJid(device.account, 'lid', device.id) }, [enc]))
  }
  const content = [node('participants', {}, participants)]
  deps.messages.route(phone.device, node('message', { id, to, type: 'text' }, content))
}

async function encryptFor(phone: Phone, device: Device, plaintext: Uint8Array, count?: number): Promise<BinaryNode> {
  const signal = phone.signal()
  const jid = accountJid(device.account, 'lid', device.id)
  if (!signal.hasSession(jid)) await signal.startSession(jid, device.keys.takeBundle())
  const { type, ciphertext } = await signal.encrypt(jid, plaintext)
  return node('enc', attributes({ v: '2', type, count: count?.toString() }), ciphertext)
}

/** Sends a newly linked client its first history. */
export async function greet({ network }: PhoneDeps, phone: Phone, device: Device): Promise<void> {
  const pn = accountJid(phone.account, 'pn')
  const enc = await encryptFor(phone, device, writeFirstHistory({ pn, lid: accountJid(phone.account, 'lid') }))
  const attrs = { from: pn, id: network.newId(), type: 'text', category: 'peer', notify: phone.account.name }
  deliver(device, node('message', { ...attrs, t: timestamp(network.now()) }, [enc]))
}

/** Asks the author's device to send a message again; from the second time on with keys for a fresh session. */
export function askAgain({ network }: PhoneDeps, phone: Phone, stanza: BinaryNode, count: number): void {
  const { id = '', from = '', t = '', recipient } = stanza.attrs
  const signal = phone.signal()
  const content = [
    node('retry', { count: String(count), id, t, v: '1', error: '0' }),
    node('registration', {}, encodeBigEndian(signal.registrationId)),
  ]
  if (count > 1) {
    const { identityKey, preKey, signedPreKey } = signal.takeBundle()
    content.push(
      node('keys', {}, [
        node('type', {}, keyType),
        node('identity', {}, identityKey),
        ...(preKey ? [preKeyNode(preKey)] : []),
        signedPreKeyNode(signedPreKey),
      ]),
    )
  }
  routeReceipt(network, phone.device, node('receipt', attributes({ id, type: 'retry', to: from, recipient }), content))
}

/** A client could not decrypt a message of this phone: it gets the same message again, in a new Signal session. */
export async function answerRetry(deps: PhoneDeps, phone: Phone, receipt: BinaryNode): Promise<void> {
  const { id = '', from, recipient } = receipt.attrs
  const { directory } = deps.network
  const asking = parseUserJid(from)
  const account = asking && directory.find(phone.account.realm, asking.user)
  const device = account?.devices.get(asking?.device ?? 0)
  const chat = account === phone.account ? directory.find(account.realm, parseUserJid(recipient)?.user ?? '') : account
  const message = chat && phone.shown.find(chat.number, true, id)
  if (!device || !asking || !chat || !message) return
  const jid = accountJid(device.account, 'lid', device.id)
  const count = nextRetry(phone, id, jid)
  if (count === undefined) return
  await phone.signal().startSession(jid, offeredKeys(receipt) ?? device.keys.takeBundle())
  const isOwn = device.account === phone.account
  const to = accountJid(chat, 'lid')
  const enc = await encryptFor(phone, device, isOwn ? writeTextCopy(message.text, to) : writeText(message.text), count)
  const attrs = attributes({ id, to: jid, type: 'text', recipient: isOwn ? to : undefined })
  deps.messages.route(phone.device, node('message', attrs, [enc]))
}

function offeredKeys(receipt: BinaryNode): KeyBundle | undefined {
  const keys = childOf(receipt, 'keys')
  const registrationId = uintOf(childOf(receipt, 'registration'))
  const identityKey = bytesOf(childOf(keys, 'identity'))
  const signedPreKey = parseSignedPreKey(childOf(keys, 'skey'))
  if (registrationId === undefined || identityKey?.length !== 32 || !signedPreKey) return undefined
  return { registrationId, identityKey, signedPreKey, preKey: parsePreKey(childOf(keys, 'key')) }
}
