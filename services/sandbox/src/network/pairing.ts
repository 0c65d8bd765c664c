/** Linking a client by QR: the server offers refs, a phone scans one and vouches for the client, the client accepts. */
import { randomBytes } from 'node:crypto'
import type { proto } from '@whiskeysockets/baileys'
import { type Account, accountJid, addDevice, type Device, linkedDevices } from '../account/account.ts'
import { isAccepted, type Voucher, vouchFor } from '../account/adv.ts'
import { type PairingQr, parsePairingQr } from '../account/qr.ts'
import type { KeyBundle } from '../keys/bundle.ts'
import { createClientKeys } from '../keys/device-keys.ts'
import { SandboxProblem } from '../problems.ts'
import { serverJid } from '../wire/jid.ts'
import { attributes, type BinaryNode, bytesOf, childOf, node } from '../wire/node.ts'
import type { Connection } from './connection.ts'
import { type NetworkContext, timestamp } from './context.ts'
import { announceDevice, clientKeysHooks } from './devices.ts'

/** WhatsApp offers six refs a connection: the client shows the first for a minute, the others for twenty seconds each. */
const refsOffered = 6
/** WhatsApp's own limit of linked devices. */
const maxLinkedDevices = 4
const acceptTimeoutMs = 15_000
/** Refs of ended connections are remembered, this many, to tell a stale QR string from one that never was. */
const keptRefs = 10_000

type Registration = {
  connection: Connection
  noiseKey: Uint8Array
  keys: Omit<KeyBundle, 'preKey'>
  refs: string[]
  answer: ((answer: BinaryNode | undefined) => void) | undefined
}

export type Pairing = {
  /** Starts offering QR codes to a client that has no account yet; false when its registration is not complete. */
  offer(connection: Connection, noiseKey: Uint8Array, data: proto.ClientPayload.IDevicePairingRegistrationData): boolean
  /** A node from a client that is not logged in. */
  receive(connection: Connection, node: BinaryNode): void
  forget(connection: Connection): void
  /** Lets a phone scan a QR string; resolves when the client has accepted. Throws a `SandboxProblem` otherwise. */
  scan(account: Account, identity: { public: Uint8Array; private: Uint8Array }, qr: string): Promise<Device>
}

export function createPairing(network: NetworkContext): Pairing {
  const byRef = new Map<string, Registration | undefined>()
  const byConnection = new Map<Connection, Registration>()

  const find = (qr: PairingQr): Registration => {
    const registration = byRef.get(qr.ref)
    if (!byRef.has(qr.ref)) throw new SandboxProblem('qr-unknown', 'No client has shown this QR string here.')
    if (!registration) throw new SandboxProblem('qr-expired', 'The client that showed this QR string is gone.')
    if (registration.answer) throw new SandboxProblem('qr-used', 'A phone scanned this QR string already.')
    const isSameClient =
      qr.noiseKey.equals(registration.noiseKey) && qr.identityKey.equals(registration.keys.identityKey)
    if (!isSameClient) throw new SandboxProblem('qr-invalid', 'The keys in the QR string are not those of the client.')
    return registration
  }

  const link = (account: Account, registration: Registration, device: NewDevice, answer: BinaryNode): Device => {
    const { noiseKey, keys } = registration
    const signedIdentity = bytesOf(childOf(childOf(answer, 'pair-device-sign'), 'device-identity'))
    const { voucher, phoneKey } = device
    if (!signedIdentity || !isAccepted(signedIdentity, voucher, phoneKey, keys.identityKey)) {
      throw new SandboxProblem('client-did-not-answer', "The client's signature over the phone's voucher is wrong.")
    }
    const linked: Device = addDevice(account, {
      id: device.id,
      keyIndex: device.id,
      noiseKey,
      signedIdentity,
      keys: createClientKeys(
        keys,
        clientKeysHooks(network, () => linked),
      ),
    })
    network.stats.count(account.realm, 'links')
    announceDevice(network, linked, 'add')
    return linked
  }

  return {
    offer(connection, noiseKey, data) {
      const keys = registeredKeys(data)
      if (!keys) return false
      const refs = Array.from({ length: refsOffered }, () => randomBytes(32).toString('base64url'))
      const registration = { connection, noiseKey, keys, refs, answer: undefined }
      byConnection.set(connection, registration)
      for (const ref of refs) byRef.set(ref, registration)
      const offered = refs.map((ref) => node('ref', {}, Buffer.from(ref)))
      const attrs = { from: serverJid, type: 'set', id: network.newId(), xmlns: 'md' }
      connection.send(node('iq', attrs, [node('pair-device', {}, offered)]))
      return true
    },

    receive(connection, received) {
      if (received.tag !== 'iq') return
      const { id, type } = received.attrs
      if (childOf(received, 'pair-device-sign')) byConnection.get(connection)?.answer?.(received)
      // Without answers to its keep-alive pings a client gives up while a person still looks for the phone.
      else if (childOf(received, 'ping'))
        connection.send(node('iq', attributes({ id, from: serverJid, type: 'result' })))
      else if (type === 'get' || type === 'set') connection.send(refusal(id))
    },

    forget(connection) {
      const registration = byConnection.get(connection)
      if (!registration) return
      byConnection.delete(connection)
      registration.answer?.(undefined)
      for (const ref of registration.refs) byRef.set(ref, undefined)
      for (const ref of byRef.keys()) {
        if (byRef.size <= keptRefs) break
        if (byRef.get(ref) === undefined) byRef.delete(ref)
      }
    },

    async scan(account, identity, text) {
      const qr = parsePairingQr(text)
      if (!qr) throw new SandboxProblem('qr-invalid', 'A QR string has a ref and three keys, separated by commas.')
      const registration = find(qr)
      if (linkedDevices(account).length >= maxLinkedDevices) {
        throw new SandboxProblem('too-many-devices', `A phone links at most ${maxLinkedDevices} devices; unlink one.`)
      }
      const id = nextDeviceNumber(account)
      const t = Math.floor(network.now().getTime() / 1000)
      const voucher = vouchFor(identity, qr, { rawId: 1, timestamp: t, keyIndex: id })
      const answer = await askClient(registration, pairSuccess(network, account, id, voucher))
      const device = link(account, registration, { id, voucher, phoneKey: identity.public }, answer)
      registration.connection.end(node('stream:error', { code: '515' }))
      return device
    },
  }
}

function refusal(id: string | undefined): BinaryNode {
  const error = node('error', { code: '501', text: 'feature-not-implemented' })
  return node('iq', attributes({ id, from: serverJid, type: 'error' }), [error])
}

type NewDevice = { id: number; voucher: Voucher; phoneKey: Uint8Array }

/** Device numbers go up and are not used again while they last; 99 means a hosted device in WhatsApp. */
function nextDeviceNumber(account: Account): number {
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

function registeredKeys({
  eRegid,
  eIdent,
  eSkeyId,
  eSkeyVal,
  eSkeySig,
}: proto.ClientPayload.IDevicePairingRegistrationData): Omit<KeyBundle, 'preKey'> | undefined {
  if (eRegid?.length !== 4 || eIdent?.length !== 32 || eSkeyId?.length !== 3) return undefined
  if (eSkeyVal?.length !== 32 || eSkeySig?.length !== 64) return undefined
  return {
    registrationId: Buffer.from(eRegid).readUInt32BE(0),
    identityKey: eIdent,
    signedPreKey: { id: Buffer.from(eSkeyId).readUIntBE(0, 3), publicKey: eSkeyVal, signature: eSkeySig },
  }
}
