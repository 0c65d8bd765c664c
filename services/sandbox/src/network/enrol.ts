/** Linking a client that is not there: its keys are given, and it is as if it had been linked for long. For tests that begin with many. */
import { proto } from '@whiskeysockets/baileys'
import { type Account, addDevice, type Device } from '../account/account.ts'
import { vouchFor } from '../account/adv.ts'
import type { KeyBundle, OneTimePreKey } from '../keys/bundle.ts'
import { createClientKeys } from '../keys/device-keys.ts'
import type { NetworkContext } from './context.ts'
import { announceDevice, clientKeysHooks } from './devices.ts'
import { nextDeviceNumber } from './link-client.ts'

export type AbsentClient = {
  noiseKey: Uint8Array
  keys: Omit<KeyBundle, 'preKey'>
  preKeys: OneTimePreKey[]
}

export type Enrolled = {
  device: Device
  /** The serialized `ADVSignedDeviceIdentity`, which the client still has to sign for itself. */
  identity: Uint8Array
}

export function enrol(
  network: NetworkContext,
  account: Account,
  phone: { public: Uint8Array; private: Uint8Array },
  { noiseKey, keys, preKeys }: AbsentClient,
): Enrolled {
  const id = nextDeviceNumber(account)
  const timestamp = Math.floor(network.now().getTime() / 1000)
  const client = { identityKey: keys.identityKey, advSecret: Buffer.alloc(32) }
  const { details, accountSignature } = vouchFor(phone, client, { rawId: 1, timestamp, keyIndex: id })
  const signedIdentity = proto.ADVSignedDeviceIdentity.encode({ details, accountSignature }).finish()
  const device: Device = addDevice(account, {
    id,
    keyIndex: id,
    noiseKey,
    signedIdentity,
    keys: createClientKeys(
      keys,
      clientKeysHooks(network, () => device),
      preKeys,
    ),
  })
  device.greeted = true
  network.stats.count(account.realm, 'links')
  announceDevice(network, device, 'add')
  const identity = { details, accountSignature, accountSignatureKey: phone.public }
  return { device, identity: proto.ADVSignedDeviceIdentity.encode(identity).finish() }
}
