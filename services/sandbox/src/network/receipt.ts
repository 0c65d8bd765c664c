/** Takes receipts and acks from devices: they empty the mailbox, and what the sender should know travels on. */
import { type Account, accountJid, type Device, deviceJid } from '../account/account.ts'
import { type AddressingMode, parseUserJid } from '../wire/jid.ts'
import { attributes, type BinaryNode, childOf, childrenOf, node } from '../wire/node.ts'
import { deliver, type NetworkContext, timestamp } from './context.ts'
import type { MessageState } from './sent.ts'

/** What a receipt's type says about the message. Types that are missing concern only the receiver's own devices. */
const statesByType = new Map<string, MessageState>([
  ['delivered', 'delivered'],
  ['inactive', 'delivered'],
  ['read', 'read'],
  ['played', 'played'],
])

export function routeReceipt(network: NetworkContext, from: Device, receipt: BinaryNode): void {
  const { stats, directory } = network
  const { realm } = from.account
  const { id, type, to } = receipt.attrs
  if (!id) return
  if (type === 'retry') {
    routeRetry(network, from, receipt)
    return
  }

  const ids = [id, ...childrenOf(childOf(receipt, 'list'), 'item').flatMap((item) => item.attrs.id ?? [])]
  for (const each of ids) from.mailbox.settle({ stanza: 'message', id: each })
  stats.count(realm, 'receipts')

  const state = statesByType.get(type ?? 'delivered')
  const address = parseUserJid(to)
  const sender = address && directory.find(realm, address.user)
  if (!sender || sender === from.account) return
  if (type === 'read' || type === 'read-self') tellOwnDevices(network, from, sender, address.mode, ids)
  if (state === undefined) return
  const raised = ids.filter((each) => sender.sent.raise(from.account.id, each, state))
  if (raised.length === 0) return
  // A linked client in the background says "inactive"; for the sender the message is delivered all the same.
  const forwardedType = state === 'delivered' ? undefined : state
  const attrs = { from: accountJid(from.account, address.mode), type: forwardedType, t: timestamp(network.now()) }
  for (const device of sender.devices.values()) deliver(device, receiptNode(attrs, raised))
}

/** A device acked a stanza. */
export function settleAck(network: NetworkContext, from: Device, ack: BinaryNode): void {
  const { class: stanza, id, type, error } = ack.attrs
  if (!stanza || !id) return
  from.mailbox.settle({ stanza, id, type })
  if (stanza === 'message' && error !== undefined) network.stats.count(from.account.realm, 'message_nacks')
}

/** The receiver could not decrypt: the device that sent the message hears it, with the keys that the receiver offers. */
function routeRetry(network: NetworkContext, from: Device, receipt: BinaryNode): void {
  const { realm } = from.account
  const { id, to, recipient } = receipt.attrs
  const address = parseUserJid(to)
  const sender = address && network.directory.find(realm, address.user)
  const device = sender?.devices.get(address?.device ?? 0)
  if (!id || !address || !sender || !device) return
  network.stats.count(realm, 'retry_receipts')
  const chat =
    sender === from.account ? network.directory.find(realm, parseUserJid(recipient)?.user ?? '') : from.account
  if (chat) sender.sent.expectResend(chat.id, id)
  const attrs = attributes({
    from: deviceJid(from, address.mode),
    id,
    type: 'retry',
    recipient,
    t: timestamp(network.now()),
  })
  deliver(device, node('receipt', attrs, childrenOf(receipt)))
}

/** What one device read is read on the person's other devices. */
function tellOwnDevices(
  network: NetworkContext,
  from: Device,
  chat: Account,
  mode: AddressingMode,
  ids: string[],
): void {
  const attrs = { from: deviceJid(from, mode), recipient: accountJid(chat, mode), type: 'read' }
  for (const device of from.account.devices.values()) {
    if (device !== from) deliver(device, receiptNode({ ...attrs, t: timestamp(network.now()) }, ids))
  }
}

function receiptNode(attrs: Record<string, string | undefined>, ids: string[]): BinaryNode {
  const [id = '', ...others] = ids
  const items = others.map((other) => node('item', { id: other }))
  return node('receipt', attributes({ ...attrs, id }), items.length > 0 ? [node('list', {}, items)] : undefined)
}
