/** All virtual phones, and what a person can do with one: the verbs of the control API, in process and over HTTP alike. */
import { type Account, accountJid, createAccount, type Device, linkedDevices } from '../account/account.ts'
import { allocateLid, allocateNumber, formatNumber, parseNumber } from '../account/number.ts'
import { offerCall } from '../network/call.ts'
import { type ChatState, routeChatState } from '../network/chatstate.ts'
import { unlinkDevice } from '../network/devices.ts'
import { type AbsentClient, enrol } from '../network/enrol.ts'
import type { Pairing } from '../network/pairing.ts'
import { SandboxProblem } from '../problems.ts'
import { parseUserJid } from '../wire/jid.ts'
import { type BinaryNode, node } from '../wire/node.ts'
import { createPhone, goOffline, goOnline, type Phone, type PhoneDeps } from './phone.ts'
import { sendReadReceipts } from './read.ts'
import { receive } from './receive.ts'
import { restorePhone, type SavedPhone, savePhone } from './saved.ts'
import { greet, resumePending, sendText } from './send.ts'
import type { MessageStatus, ShownMessage } from './shown.ts'

export type PhoneView = {
  id: string
  realm: string
  number: string
  lid: string
  name: string
  online: boolean
  auto_read: boolean
  linked_devices: { device: number; jid: string; connected: boolean }[]
  /** Numbers of those who type to it right now. */
  typing: string[]
}

export type LinkedView = { jid: string; lid: string; device: number }

export type MessageView = {
  seq: number
  id: string
  chat: string
  from_me: boolean
  from: string
  text: string
  at: string
  status: MessageStatus
}

export type UndecryptableView = {
  id: string
  from: string
  at: string
  reason: string
  retries: number
  recovered: boolean
}

export type NewPhone = {
  realm: string
  number?: string | undefined
  name?: string | undefined
  auto_read?: boolean | undefined
}

/** Every method that takes an id throws `phone-not-found` for an unknown one. */
export type Phones = {
  create(phone: NewPhone): PhoneView
  list(realm?: string): PhoneView[]
  get(id: string): PhoneView
  delete(id: string): void
  scan(id: string, qr: string): Promise<LinkedView>
  /** What a person types in «Linked devices → Link with phone number». */
  enterCode(id: string, code: string): Promise<LinkedView>
  /** Links a client that is not connected, by its public keys. */
  enrol(id: string, client: AbsentClient): { jid: string; lid: string; device: number; identity: string }
  send(id: string, message: { to: string; text: string }): { id: string }
  /** Shows in the chat that the person types, or stopped. */
  type(id: string, typing: { to: string; state: ChatState }): void
  messages(id: string, page?: { after?: number | undefined; limit?: number | undefined }): { items: MessageView[] }
  read(id: string, ids?: string[]): { read: number }
  setOnline(id: string, online: boolean): PhoneView
  /** Rings at the other side's clients. */
  call(id: string, call: { to: string; video?: boolean | undefined }): { id: string }
  unlink(id: string, device?: number): { unlinked: number }
  undecryptable(id: string): { items: UndecryptableView[] }
  /** Sends a linked client its first history. */
  greet(account: Account, device: number): void
  count(): number
  clear(): void
  /** All phones with their linked clients, for a later `restore` into an empty sandbox. */
  save(): SavedPhone[]
  restore(saved: SavedPhone[]): void
}

export type PhonesDeps = PhoneDeps & { pairing: Pairing; random: (below: number) => number }

export function createPhones(deps: PhonesDeps): Phones {
  const { network, pairing, random } = deps
  const { directory } = network
  const phones = new Map<string, Phone>()
  const byAccount = new Map<Account, Phone>()
  const receiveStanza = (phone: Phone, stanza: BinaryNode) => receive(deps, phone, stanza)

  const find = (id: string): Phone => {
    const phone = phones.get(id)
    if (!phone) throw new SandboxProblem('phone-not-found', 'Create the phone first, or check its id.')
    return phone
  }

  const otherSide = ({ account }: Phone, to: string): Account => {
    const found = directory.find(account.realm, digitsOf(to))
    if (!found) throw new SandboxProblem('not-on-whatsapp', 'No phone of this realm has the number in `to`.')
    return found
  }

  const add = (phone: Phone) => {
    directory.add(phone.account)
    phones.set(phone.account.id, phone)
    byAccount.set(phone.account, phone)
  }

  const remove = (phone: Phone) => {
    goOffline(phone)
    for (const device of linkedDevices(phone.account)) unlinkDevice(network, device)
    for (const peer of phone.account.peers) peer.peers.delete(phone.account)
    directory.remove(phone.account)
    phones.delete(phone.account.id)
    byAccount.delete(phone.account)
  }

  return {
    create({ realm, number, name, auto_read = false }) {
      const wanted = number === undefined ? undefined : parseNumber(number)
      if (number !== undefined && wanted === undefined) {
        throw new SandboxProblem('invalid-request', 'Write the number in E.164 form, such as +999000000001.')
      }
      if (wanted !== undefined && directory.isTaken(wanted)) {
        throw new SandboxProblem('number-taken', 'Choose another number, or leave it out to get a free one.')
      }
      const digits = wanted ?? allocateNumber(random, directory.isTaken)
      const lid = allocateLid(random, (taken) => taken === digits || directory.isTaken(taken))
      const account = createAccount({
        id: `pho_${network.newId()}`,
        realm,
        number: digits,
        lid,
        name: name ?? `Phone ${digits.slice(-4)}`,
      })
      const phone = createPhone(deps, account, auto_read)
      add(phone)
      goOnline(phone, receiveStanza)
      return viewOfPhone(phone)
    },

    list: (realm) =>
      [...phones.values()].filter(({ account }) => realm === undefined || account.realm === realm).map(viewOfPhone),
    get: (id) => viewOfPhone(find(id)),
    delete: (id) => remove(find(id)),

    async scan(id, qr) {
      const phone = find(id)
      if (!phone.device.link) throw new SandboxProblem('phone-offline', 'Turn the phone online before it scans.')
      return viewOfLinked(await pairing.scan(phone.account, phone.signal().identity, qr))
    },

    async enterCode(id, code) {
      const phone = find(id)
      if (!phone.device.link) throw new SandboxProblem('phone-offline', 'Turn the phone online to enter a code.')
      return viewOfLinked(await pairing.enterCode(phone.account, phone.signal().identity, code))
    },

    enrol(id, client) {
      const { account, signal } = find(id)
      const { device, identity } = enrol(network, account, signal().identity, client)
      return {
        jid: accountJid(account, 'pn', device.id),
        lid: accountJid(account, 'lid', device.id),
        device: device.id,
        identity: Buffer.from(identity).toString('base64'),
      }
    },

    send(id, { to, text }) {
      const phone = find(id)
      return { id: sendText(deps, phone, otherSide(phone, to), text).id }
    },

    type(id, { to, state }) {
      const phone = find(id)
      if (!phone.device.link) throw new SandboxProblem('phone-offline', 'Turn the phone online before it types.')
      const chat = otherSide(phone, to)
      routeChatState(network, phone.device, node('chatstate', { to: accountJid(chat, 'lid') }, [node(state)]))
    },

    messages: (id, { after = 0, limit = 100 } = {}) => ({
      items: find(id).shown.after(after, limit).map(viewOfMessage),
    }),

    read(id, ids) {
      const phone = find(id)
      if (!phone.device.link) throw new SandboxProblem('phone-offline', 'Turn the phone online before it reads.')
      const unread = phone.shown.unread(ids)
      sendReadReceipts(deps, phone, unread)
      return { read: unread.length }
    },

    setOnline(id, online) {
      const phone = find(id)
      if (online) goOnline(phone, receiveStanza)
      else goOffline(phone)
      return viewOfPhone(phone)
    },

    call(id, { to, video = false }) {
      const phone = find(id)
      return { id: offerCall(network, phone.account, otherSide(phone, to), video) }
    },

    unlink(id, number) {
      const linked = linkedDevices(find(id).account)
      const targets = linked.filter((device) => number === undefined || device.id === number)
      if (number !== undefined && targets.length === 0) {
        throw new SandboxProblem('device-not-found', 'See `linked_devices` of the phone for what it has.')
      }
      for (const device of targets) unlinkDevice(network, device)
      return { unlinked: targets.length }
    },

    undecryptable: (id) => ({
      items: find(id).undecryptable.map(({ from, at, ...entry }) => ({
        ...entry,
        from: formatNumber(from),
        at: at.toISOString(),
      })),
    }),

    greet(account, number) {
      const phone = byAccount.get(account)
      const device = account.devices.get(number)
      if (phone?.device.link && device) phone.enqueue(() => greet(deps, phone, device))
    },

    count: () => phones.size,
    clear: () => {
      for (const phone of [...phones.values()]) remove(phone)
    },

    save: () => [...phones.values()].map(savePhone),

    restore(saved) {
      for (const each of saved) add(restorePhone(network, deps, each))
      for (const { account, peers, isOnline } of saved) {
        const phone = find(account.id)
        for (const peer of peers.flatMap((id) => phones.get(id)?.account ?? [])) phone.account.peers.add(peer)
        resumePending(deps, phone)
        if (isOnline) goOnline(phone, receiveStanza)
      }
    },
  }
}

/** A number in any usual spelling, or a jid. */
function digitsOf(to: string): string {
  return parseUserJid(to)?.user ?? to.replace(/[^\d]/g, '')
}

function viewOfPhone({ account, device, autoRead, typing }: Phone): PhoneView {
  return {
    id: account.id,
    realm: account.realm,
    number: formatNumber(account.number),
    lid: accountJid(account, 'lid'),
    name: account.name,
    online: device.link !== undefined,
    auto_read: autoRead,
    linked_devices: linkedDevices(account).map((linked) => ({
      device: linked.id,
      jid: accountJid(account, 'pn', linked.id),
      connected: linked.link !== undefined,
    })),
    typing: typing.now().map(formatNumber),
  }
}

function viewOfLinked({ account, id: device }: Device): LinkedView {
  return { jid: accountJid(account, 'pn', device), lid: accountJid(account, 'lid', device), device }
}

function viewOfMessage({ seq, id, chat, fromMe, from, text, at, status }: ShownMessage): MessageView {
  return {
    seq,
    id,
    chat: formatNumber(chat),
    from_me: fromMe,
    from: formatNumber(from),
    text,
    at: at.toISOString(),
    status,
  }
}
