/** A virtual phone: device 0 of its account, with its own Signal state, that behaves like a person's phone. It works off one task at a time. */
import type { Account, Device, DeviceLink } from '../account/account.ts'
import { addDevice } from '../account/account.ts'
import type { NetworkContext } from '../network/context.ts'
import type { MessageRouter } from '../network/message.ts'
import { type ChainState, type ChainWatch, createChainWatch } from '../signal/chains.ts'
import type { BinaryNode } from '../wire/node.ts'
import { createShownMessages, type MessageStatus, type ShownMessage, type ShownMessages } from './shown.ts'
import { createPhoneSignal, type PhoneSignal, type SavedSignal } from './signal.ts'
import { createTyping, type Typing } from './typing.ts'

export type Undecryptable = {
  id: string
  /** Digits of the author's number. */
  from: string
  at: Date
  reason: string
  retries: number
  /** A resend could be decrypted later. */
  recovered: boolean
}

export type Phone = {
  readonly account: Account
  readonly device: Device
  readonly shown: ShownMessages
  readonly undecryptable: Undecryptable[]
  readonly chains: ChainWatch
  readonly typing: Typing
  autoRead: boolean
  /** Made at first use: most of a large fleet of phones never needs it. */
  signal(): PhoneSignal
  savedSignal(): SavedSignal | undefined
  /** Runs the task after everything asked for before; a failing task does not stop the next. */
  enqueue(task: () => Promise<void> | void): void
  /** Messages written while offline, sent in order when the phone is back. */
  readonly outbox: (() => Promise<void>)[]
  /** Retry receipts sent or answered, by message and device, to stop after a few. */
  readonly retries: Map<string, number>
}

export type PhoneDeps = {
  network: NetworkContext
  messages: MessageRouter
  onError: (error: unknown) => void
}

export function createPhone(
  { network, onError }: Pick<PhoneDeps, 'network' | 'onError'>,
  account: Account,
  autoRead: boolean,
  saved: { shown?: ShownMessage[]; signal?: SavedSignal | undefined; chains?: ChainState } = {},
): Phone {
  let signal = saved.signal && createPhoneSignal(saved.signal)
  const tasks: (() => Promise<void> | void)[] = []
  let isWorking = false

  const work = async () => {
    isWorking = true
    for (let task = tasks.shift(); task; task = tasks.shift()) {
      try {
        await task()
      } catch (error) {
        onError(error)
      }
    }
    isWorking = false
  }
  const signalOf = () => {
    signal ??= createPhoneSignal()
    return signal
  }
  const keys = { takeBundle: () => signalOf().takeBundle() }

  return {
    account,
    device: addDevice(account, { id: 0, keyIndex: 0, keys }),
    shown: createShownMessages(saved.shown),
    undecryptable: [],
    chains: createChainWatch(saved.chains),
    typing: createTyping(() => network.now().getTime()),
    autoRead,
    signal: signalOf,
    savedSignal: () => signal?.save(),
    enqueue(task) {
      tasks.push(task)
      if (!isWorking) void work()
    },
    outbox: [],
    retries: new Map(),
  }
}

/** Connects the phone: what it missed comes first, in order, then what it wrote while offline leaves. */
export function goOnline(phone: Phone, receive: (phone: Phone, stanza: BinaryNode) => Promise<void> | void): void {
  if (phone.device.link) return
  const link: DeviceLink = {
    isActive: () => true,
    hearsTyping: () => true,
    // A stanza that waits in the queue when the phone goes offline is still in the mailbox, and comes again.
    receive: (stanza) => phone.enqueue(() => (phone.device.link === link ? receive(phone, stanza) : undefined)),
    end: () => goOffline(phone),
  }
  phone.device.link = link
  for (const stanza of phone.device.mailbox.pending()) link.receive(stanza)
  for (const send of phone.outbox.splice(0)) phone.enqueue(send)
}

export function goOffline(phone: Phone): void {
  phone.device.link = undefined
}

const statusRanks: Record<MessageStatus, number> = {
  pending: 0,
  failed: 1,
  sent: 1,
  delivered: 2,
  received: 2,
  read: 3,
  played: 4,
}

/** Raises a message's status; it never goes back. */
export function raiseStatus(message: { status: MessageStatus }, status: MessageStatus): void {
  if (statusRanks[status] > statusRanks[message.status]) message.status = status
}

/** Counts one more retry about a message with a device; undefined once there were enough. */
export function nextRetry(phone: Phone, id: string, device: string): number | undefined {
  const key = `${id} ${device}`
  const count = (phone.retries.get(key) ?? 0) + 1
  if (count > maxRetries) return undefined
  phone.retries.set(key, count)
  return count
}

/** WhatsApp's clients give up on a message after five. */
const maxRetries = 5
