/** A linked client from login to goodbye: checks who it is, gives it what it missed, and takes its stanzas. */
import { type proto, toNumber } from '@whiskeysockets/baileys'
import { type Account, accountJid, type Device } from '../account/account.ts'
import { iqHandlerFor } from '../iq/table.ts'
import { serverJid } from '../wire/jid.ts'
import { attributes, type BinaryNode, childOf, node } from '../wire/node.ts'
import { routeChatState } from './chatstate.ts'
import type { Connection } from './connection.ts'
import { type NetworkContext, timestamp } from './context.ts'
import type { MessageRouter } from './message.ts'
import { createPresence } from './presence.ts'
import { routeReceipt, settleAck } from './receipt.ts'

export type ClientSession = {
  device: Device
  receive(stanza: BinaryNode): void
  /** The connection is gone; what the device did not confirm stays in its mailbox. */
  closed(): void
}

export type SessionDeps = {
  network: NetworkContext
  messages: MessageRouter
  /** Called once per linked device, when it is ready for its first messages. */
  onFirstActive: (device: Device) => void
}

/** Who is at the door: a device, or the code to refuse with. 401 is what WhatsApp says to an unlinked or unknown device. */
export function identify(
  { directory, faults }: NetworkContext,
  payload: proto.IClientPayload,
  noiseKey: Uint8Array,
): { device: Device } | { refused: number; account: Account | undefined } {
  const account = directory.findAnywhere(String(toNumber(payload.username ?? 0)))
  const device = account?.devices.get(payload.device ?? 0)
  if (!account || !device?.noiseKey || !Buffer.from(device.noiseKey).equals(noiseKey)) return { refused: 401, account }
  const refused = faults.refusesLogin(account)
  return refused === undefined ? { device } : { refused, account }
}

export function openSession(
  { network, messages, onFirstActive }: SessionDeps,
  connection: Connection,
  device: Device,
): ClientSession {
  const { account } = device
  const { stats } = network
  const presence = createPresence(network, device)
  let isActive = false
  if (device.link) {
    stats.count(account.realm, 'evictions')
    device.link.end(node('stream:error', {}, [node('conflict', { type: 'replaced' })]))
  }
  const link = {
    isActive: () => isActive,
    hearsTyping: presence.hears,
    receive: (stanza: BinaryNode) => connection.send(stanza),
    end: (lastWords?: BinaryNode) => connection.end(lastWords),
  }
  device.link = link
  stats.count(account.realm, 'logins')
  const loggedInAtMs = network.now().getTime()
  const ended = network.journal.opened(account.realm, { from: `+${account.number}`, loggedInAtMs })
  const lid = accountJid(account, 'lid', device.id)
  connection.send(node('success', { t: timestamp(network.now()), lid, display_name: account.name }))

  // Everything unconfirmed goes out first, marked as offline, then the count that tells the client it has caught up.
  const activate = () => {
    isActive = true
    const missed = device.mailbox.pending()
    for (const stanza of missed) connection.send({ ...stanza, attrs: { ...stanza.attrs, offline: '1' } })
    stats.count(account.realm, 'redelivered', missed.length)
    connection.send(node('ib', {}, [node('offline', { count: String(missed.length) })]))
    if (device.greeted) return
    device.greeted = true
    onFirstActive(device)
  }

  const answerIq = (iq: BinaryNode) => {
    if (iq.attrs.type === 'result' || iq.attrs.type === 'error') return
    const answer = iqHandlerFor(iq)(network, device, iq)
    const attrs = attributes({ id: iq.attrs.id, from: iq.attrs.to ?? serverJid })
    if ('error' in answer) {
      const error = node('error', { code: String(answer.error.code), text: answer.error.text })
      connection.send(node('iq', { ...attrs, type: 'error' }, [error]))
      return
    }
    connection.send(node('iq', { ...attrs, type: 'result' }, answer.result.length > 0 ? answer.result : undefined))
    if (!isActive && childOf(iq, 'active')) activate()
  }

  const takeMessage = (stanza: BinaryNode) => {
    const frame = { from: `+${account.number}`, id: stanza.attrs.id ?? '', atMs: network.now().getTime(), loggedInAtMs }
    network.journal.note(account.realm, frame)
    messages.route(device, stanza)
  }

  // Telemetry needs no answer.
  const receive = (stanza: BinaryNode) => {
    if (stanza.tag === 'message') takeMessage(stanza)
    else if (stanza.tag === 'receipt') routeReceipt(network, device, stanza)
    else if (stanza.tag === 'ack') settleAck(network, device, stanza)
    else if (stanza.tag === 'iq') answerIq(stanza)
    else if (stanza.tag === 'chatstate') routeChatState(network, device, stanza)
    else if (stanza.tag === 'presence') presence.note(stanza)
  }

  return {
    device,
    receive,
    closed() {
      ended(network.now().getTime())
      if (device.link === link) device.link = undefined
    },
  }
}
