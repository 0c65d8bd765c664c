/** Takes a message stanza from one device, acks it, and fans the ciphertexts out to the devices they are for. */
import { type Account, accountJid, type Device, type DeviceLink, deviceJid } from '../account/account.ts'
import { type AddressingMode, parseUserJid } from '../wire/jid.ts'
import { attributes, type BinaryNode, childOf, childrenOf, node } from '../wire/node.ts'
import { deliver, type NetworkContext, timestamp } from './context.ts'

/** Error codes in message acks, as the client reads them. */
export const messageErrors = { notOnWhatsApp: '404', malformed: '479', unsupportedChat: '501' } as const

export type MessageRouter = {
  route(from: Device, stanza: BinaryNode): void
  /** Sends the acks that were held back, to those who are still on the connection that asked. */
  releaseAcks(isReleased: (account: Account) => boolean): void
}

type HeldAck = { device: Device; link: DeviceLink; ack: BinaryNode }
type Envelope = { from: Device; chat: Account; mode: AddressingMode; stanza: BinaryNode; t: string }

export function createMessageRouter(network: NetworkContext): MessageRouter {
  const { directory, stats, faults, now } = network
  let held: HeldAck[] = []

  const answer = (device: Device, stanza: BinaryNode, error?: string) => {
    const { account, link } = device
    const { id, to, participant } = stanza.attrs
    const ack = node('ack', attributes({ class: 'message', id, from: to, participant, t: timestamp(now()), error }))
    if (!link) return
    if (device.id !== 0 && faults.holdsAcks(account)) {
      held.push({ device, link, ack })
      return
    }
    stats.count(account.realm, error === undefined ? 'message_acks' : 'messages_refused')
    link.receive(ack)
  }

  return {
    route(from, stanza) {
      const { realm } = from.account
      stats.count(realm, 'messages_received')
      const { id } = stanza.attrs
      const to = parseUserJid(stanza.attrs.to)
      // A resend to one of the sender's own devices names the chat as the recipient.
      const chatAddress = parseUserJid(stanza.attrs.recipient ?? stanza.attrs.to)
      if (!id) return answer(from, stanza, messageErrors.malformed)
      if (!to || !chatAddress) return answer(from, stanza, messageErrors.unsupportedChat)
      const chat = directory.find(realm, chatAddress.user)
      if (!chat) return answer(from, stanza, messageErrors.notOnWhatsApp)
      const refused = from.id === 0 ? undefined : faults.refusesMessages(from.account)
      if (refused !== undefined) return answer(from, stanza, String(refused))

      const kind = from.account.sent.note(chat.id, id)
      if (kind === 'duplicate') stats.duplicate(realm, id)
      if (kind === 'resend') stats.count(realm, 'resends_received')
      if (chat !== from.account) {
        chat.peers.add(from.account)
        from.account.peers.add(chat)
      }
      const envelope: Envelope = { from, chat, mode: chatAddress.mode, stanza, t: timestamp(now()) }
      for (const { device, enc } of targetsOf(network, envelope)) {
        if (device !== from) deliver(device, stanzaFor(device, envelope, enc))
      }
      answer(from, stanza)
    },

    releaseAcks(isReleased) {
      const released = held.filter(({ device }) => isReleased(device.account))
      held = held.filter((entry) => !released.includes(entry))
      for (const { device, link, ack } of released) if (device.link === link) link.receive(ack)
    },
  }
}

/** The ciphertexts of a stanza with the devices they are for: a list of participants, or one ciphertext for the addressee itself. */
function targetsOf(network: NetworkContext, { from, chat, stanza }: Envelope): { device: Device; enc: BinaryNode[] }[] {
  const participants = childrenOf(childOf(stanza, 'participants'), 'to').map((to) => ({
    jid: to.attrs.jid,
    enc: childrenOf(to, 'enc'),
  }))
  const direct = childrenOf(stanza, 'enc')
  if (direct.length > 0) participants.push({ jid: stanza.attrs.to, enc: direct })
  return participants.flatMap(({ jid, enc }) => {
    const address = parseUserJid(jid)
    const account = address && network.directory.find(from.account.realm, address.user)
    // Only the two sides of the chat can be reached through it, whatever a client writes into the list.
    if (!account || (account !== chat && account !== from.account)) return []
    const device = account.devices.get(address.device)
    return device ? [{ device, enc }] : []
  })
}

function stanzaFor(device: Device, { from, chat, mode, stanza, t }: Envelope, enc: BinaryNode[]): BinaryNode {
  const { id, type, edit, category, push_priority } = stanza.attrs
  const identity = childOf(stanza, 'device-identity')
  const startsSession = enc.some((child) => child.attrs.type === 'pkmsg')
  const attrs = attributes({
    from: deviceJid(from, mode),
    id,
    type: type ?? 'text',
    t,
    notify: from.account.name,
    edit,
    category,
    push_priority,
    ...addressing(device, from, chat, mode, category === 'peer'),
  })
  return node('message', attrs, [...enc, ...(identity && startsSession ? [identity] : [])])
}

/** A chat by LID also tells the phone number and the other way round, so that clients learn which belong together. */
function addressing(
  device: Device,
  from: Device,
  chat: Account,
  mode: AddressingMode,
  isPeer: boolean,
): Record<string, string> {
  const other = mode === 'lid' ? 'pn' : 'lid'
  if (isPeer) return {}
  if (device.account !== from.account) return { [`sender_${other}`]: accountJid(from.account, other) }
  const alternative = accountJid(chat, other)
  return {
    recipient: accountJid(chat, mode),
    [`peer_recipient_${other}`]: alternative,
    [`recipient_${other}`]: alternative,
  }
}
