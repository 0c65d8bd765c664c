/** An account is one phone number: its phone (device 0) and the clients linked to it. State only; the network acts on it. */
import type { KeyBundle } from '../keys/bundle.ts'
import { createMailbox, type Mailbox } from '../network/mailbox.ts'
import { createSentMessages, type SentMessages } from '../network/sent.ts'
import { type AddressingMode, formatJid } from '../wire/jid.ts'
import type { BinaryNode } from '../wire/node.ts'

export type Account = {
  readonly id: string
  /** The tenant. Accounts of different realms do not exist for each other. */
  readonly realm: string
  /** Digits only, without the plus sign. */
  readonly number: string
  readonly lid: string
  readonly name: string
  readonly devices: Map<number, Device>
  /** The last device number given out; numbers are not used again. */
  lastDevice: number
  readonly sent: SentMessages
  /** Accounts that exchanged a message with this one: they hear when its device list changes. */
  readonly peers: Set<Account>
}

/** What reaches a device while it is connected. */
export type DeviceLink = {
  /** Stanzas flow only after the client said that it is active; before that they wait in the mailbox. */
  isActive(): boolean
  /** Whether it is told that they type. */
  hearsTyping(author: Account): boolean
  receive(stanza: BinaryNode): void
  /** Sends a last node, if any, and closes. */
  end(lastWords?: BinaryNode): void
}

export type DeviceKeys = {
  /** A key bundle with a one-time pre-key while there is one; each call spends it. */
  takeBundle(): KeyBundle
}

export type Device = {
  readonly account: Account
  readonly id: number
  readonly keyIndex: number
  readonly mailbox: Mailbox
  readonly keys: DeviceKeys
  /** The Noise static key that a linked client proves itself with; undefined for the phone. */
  readonly noiseKey?: Uint8Array
  /** The device's identity as the phone and the client signed it. */
  readonly signedIdentity?: Uint8Array
  link: DeviceLink | undefined
  /** Whether the phone has sent this client its first history. */
  greeted: boolean
}

export function createAccount(identity: Pick<Account, 'id' | 'realm' | 'number' | 'lid' | 'name'>): Account {
  return { ...identity, devices: new Map(), lastDevice: 0, sent: createSentMessages(), peers: new Set() }
}

export function addDevice(
  account: Account,
  device: Pick<Device, 'id' | 'keyIndex' | 'keys' | 'noiseKey' | 'signedIdentity'>,
): Device {
  const added: Device = { ...device, account, mailbox: createMailbox(), link: undefined, greeted: false }
  account.devices.set(device.id, added)
  return added
}

export function linkedDevices(account: Account): Device[] {
  return [...account.devices.values()].filter((device) => device.id !== 0)
}

export function accountJid(account: Account, mode: AddressingMode, device = 0): string {
  return formatJid({ mode, user: mode === 'pn' ? account.number : account.lid, device })
}

export function deviceJid(device: Device, mode: AddressingMode): string {
  return accountJid(device.account, mode, device.id)
}
