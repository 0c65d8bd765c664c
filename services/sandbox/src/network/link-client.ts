/** The end of every linking, by QR or by code: the phone vouches for the client, the client accepts and logs in anew. */
import { type Account, accountJid, addDevice, type Device, linkedDevices } from '../account/account.ts'
import { isAccepted, type Voucher, vouchFor } from '../account/adv.ts'
import { createClientKeys } from '../keys/device-keys.ts'
import { SandboxProblem } from '../problems.ts'
import { serverJid } from '../wire/jid.ts'
import { type BinaryNode, bytesOf, childOf, node } from '../wire/node.ts'
import { type NetworkContext, timestamp } from './context.ts'
import { announceDevice, clientKeysHooks } from './devices.ts'
import type { Registration } from './registration.ts'

/** WhatsApp's own limit of linked devices. */
const maxLinkedDevices = 4
const acceptTimeoutMs = 15_000

export type PhoneIdentity = { public: Uint8Array; private: Uint8Array }

/** Throws `too-many-devices` when the phone cannot link one more. */
export function checkRoom(account: Account): void {
  if (linkedDevices(account).length < maxLinkedDevices) return
  throw new SandboxProblem('too-many-devices', `A phone links at most ${maxLinkedDevices} devices; unlink one.`)
}

/** `advSecret` is known to client and phone only: the client accepts nobody without it. */
export async function linkClient(
  network: NetworkContext,
  registration: Registration,
  phone: { account: Account; identity: PhoneIdentity; advSecret: Uint8Array },
): Promise<Device> {
  const { account, identity, advSecret } = phone
  const { noiseKey, keys, connection } = registration
  const id = nextDeviceNumber(account)
  const t = Math.floor(network.now().getTime() / 1000)
  const client = { identityKey: keys.identityKey, advSecret }
  const voucher = vouchFor(identity, client, { rawId: 1, timestamp: t, keyIndex: id })
  const answer = await askClient(registration, pairSuccess(network, account, id, voucher))
  const signedIdentity = bytesOf(childOf(childOf(answer, 'pair-device-sign'), 'device-identity'))
  if (!signedIdentity || !isAccepted(signedIdentity, voucher, identity.public, keys.identityKey)) {
    throw new SandboxProblem('client-did-not-answer', "The client's signature over the phone's voucher is wrong.")
  }
  const linked: Device = addDevice(account, {
    id,
    keyIndex: id,
    noiseKey,
    signedIdentity,
    keys: createClientKeys(
      keys,
      clientKeysHooks(network, () => linked),
    ),
  })
  network.stats.count(account.realm, 'links')
  announceDevice(network, linked, 'add')
  connection.end(node('stream:error', { code: '515' }))
  return linked
}

/** Device numbers go up and are not used again while they last; 99 means a hosted device in WhatsApp. */
export function nextDeviceNumber(account: Account): number {
  do {
    account.lastDevice = (account.lastDevice % 254) + 1
  } while (account.lastDevice === 99 || account.devices.has(account.lastDevice))
  return account.lastDevice
}

function pairSuccess(network: NetworkContext, account: Account, device: number, voucher: Voucher): BinaryNode {
  const jids = { jid: accountJid(account, 'pn', device), lid: accountJid(account, 'lid', device) }
  const attrs = { from: serverJid, type: 'set', id: network.newId(), xmlns: 'md', t: timestamp(network.now()) }
  return node('iq', attrs, [
    node('pair-success', {}, [
      node('device-identity', {}, voucher.envelope),
      node('device', jids),
      node('platform', { name: 'android' }),
    ]),
  ])
}

function askClient(registration: Registration, question: BinaryNode): Promise<BinaryNode> {
  return new Promise((resolve, reject) => {
    const refuse = (detail: string) => reject(new SandboxProblem('client-did-not-answer', detail))
    const timer = setTimeout(() => refuse('The client did not accept in time.'), acceptTimeoutMs)
    registration.answer = (answer) => {
      clearTimeout(timer)
      if (answer) resolve(answer)
      else refuse('The client went away while the phone was linking it.')
    }
    registration.connection.send(question)
  })
}
