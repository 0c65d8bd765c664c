/** Changes of an account's device list, as its other devices and its contacts hear of them. */
import { type Account, accountJid, type Device, deviceJid, linkedDevices } from '../account/account.ts'
import type { ClientKeysHooks } from '../keys/device-keys.ts'
import { serverJid } from '../wire/jid.ts'
import { node } from '../wire/node.ts'
import { deliver, type NetworkContext, timestamp } from './context.ts'

/**
 * Tells linked clients of the account and of everyone it chats with, so that they encrypt for the devices that exist.
 * Phones read the directory itself and need no notice.
 */
export function announceDevice(network: NetworkContext, device: Device, change: 'add' | 'remove'): void {
  const { account } = device
  const listed = (['pn', 'lid'] as const).map((mode) =>
    node('device', { jid: deviceJid(device, mode), 'key-index': String(device.keyIndex) }),
  )
  for (const audience of [account, ...account.peers]) {
    for (const listener of linkedDevices(audience)) {
      if (listener === device) continue
      const attrs = {
        from: accountJid(account, 'pn'),
        type: 'devices',
        id: network.newId(),
        t: timestamp(network.now()),
      }
      deliver(listener, node('notification', attrs, [node(change, { device_hash: hashOf(account) }, listed)]))
    }
  }
}

/** Ends a linked device: its connection closes as WhatsApp closes it, and later logins fail with 401. */
export function unlinkDevice(network: NetworkContext, device: Device): void {
  if (!device.account.devices.delete(device.id)) return
  network.stats.count(device.account.realm, 'unlinks')
  device.link?.end(node('stream:error', { code: '401' }, [node('conflict', { type: 'device_removed' })]))
  device.link = undefined
  announceDevice(network, device, 'remove')
}

/** Warns a client that its one-time pre-keys run out. */
function notifyPreKeysLow(network: NetworkContext, device: Device, left: number): void {
  const attrs = { from: serverJid, type: 'encrypt', id: network.newId(), t: timestamp(network.now()) }
  deliver(device, node('notification', attrs, [node('count', { value: String(left) })]))
}

/** What the server does when a linked client's keys are given out. */
export function clientKeysHooks(network: NetworkContext, device: () => Device): ClientKeysHooks {
  return {
    onLow: (left) => notifyPreKeysLow(network, device(), left),
    onTaken: () => network.stats.count(device().account.realm, 'pre_keys_taken'),
    onExhausted: () => network.stats.count(device().account.realm, 'pre_keys_exhausted'),
  }
}

function hashOf(account: Account): string {
  return `2:${[...account.devices.keys()].join('.')}`
}
