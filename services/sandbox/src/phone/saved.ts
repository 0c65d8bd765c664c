/** What of a phone and its linked clients outlives an orderly stop of the sandbox. */
import { type Account, addDevice, createAccount, type Device, linkedDevices } from '../account/account.ts'
import type { KeyBundle, OneTimePreKey } from '../keys/bundle.ts'
import { createClientKeys, isClientKeys } from '../keys/device-keys.ts'
import type { NetworkContext } from '../network/context.ts'
import { clientKeysHooks } from '../network/devices.ts'
import type { ChainState } from '../signal/chains.ts'
import type { BinaryNode } from '../wire/node.ts'
import { createPhone, type Phone, type PhoneDeps } from './phone.ts'
import type { ShownMessage } from './shown.ts'
import type { SavedSignal } from './signal.ts'

export type SavedPhone = {
  account: Pick<Account, 'id' | 'realm' | 'number' | 'lid' | 'name' | 'lastDevice'>
  /** Ids of accounts that it chatted with. */
  peers: string[]
  autoRead: boolean
  isOnline: boolean
  shown: ShownMessage[]
  signal: SavedSignal | undefined
  chains: ChainState
  mailbox: BinaryNode[]
  clients: SavedClient[]
}

type SavedClient = Pick<Device, 'id' | 'keyIndex' | 'noiseKey' | 'signedIdentity' | 'greeted'> & {
  keys: Omit<KeyBundle, 'preKey'>
  preKeys: OneTimePreKey[]
  mailbox: BinaryNode[]
}

export function savePhone(phone: Phone): SavedPhone {
  const { id, realm, number, lid, name, lastDevice, peers } = phone.account
  return {
    account: { id, realm, number, lid, name, lastDevice },
    peers: [...peers].map((peer) => peer.id),
    autoRead: phone.autoRead,
    isOnline: phone.device.link !== undefined,
    shown: phone.shown.after(0, Number.POSITIVE_INFINITY),
    signal: phone.savedSignal(),
    chains: phone.chains.state(),
    mailbox: phone.device.mailbox.pending(),
    clients: linkedDevices(phone.account).flatMap(saveClient),
  }
}

function saveClient({ id, keyIndex, noiseKey, signedIdentity, greeted, keys, mailbox }: Device): SavedClient[] {
  if (!isClientKeys(keys)) return []
  const registered = {
    registrationId: keys.registrationId(),
    identityKey: keys.identityKey,
    signedPreKey: keys.signedPreKey(),
  }
  const device = { id, keyIndex, greeted, ...(noiseKey && { noiseKey }), ...(signedIdentity && { signedIdentity }) }
  return [{ ...device, keys: registered, preKeys: keys.preKeys(), mailbox: mailbox.pending() }]
}

/** Builds the phone again, offline; peers and messages in flight are the caller's to restore. */
export function restorePhone(
  network: NetworkContext,
  deps: Pick<PhoneDeps, 'network' | 'onError'>,
  saved: SavedPhone,
): Phone {
  const account = createAccount(saved.account)
  account.lastDevice = saved.account.lastDevice
  const phone = createPhone(deps, account, saved.autoRead, saved)
  for (const stanza of saved.mailbox) phone.device.mailbox.add(stanza)
  for (const { keys, preKeys, mailbox, greeted, ...client } of saved.clients) {
    const device: Device = addDevice(account, {
      ...client,
      keys: createClientKeys(
        keys,
        clientKeysHooks(network, () => device),
        preKeys,
      ),
    })
    device.greeted = greeted
    for (const stanza of mailbox) device.mailbox.add(stanza)
  }
  return phone
}
