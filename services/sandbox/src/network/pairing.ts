/** Clients without an account: the server offers refs for QR codes and takes requests for codes; a phone scans, or is told the code. */
import { randomBytes } from 'node:crypto'
import type { proto } from '@whiskeysockets/baileys'
import type { Account, Device } from '../account/account.ts'
import { type PairingQr, parsePairingQr } from '../account/qr.ts'
import { SandboxProblem } from '../problems.ts'
import { serverJid } from '../wire/jid.ts'
import { attributes, type BinaryNode, childOf, node } from '../wire/node.ts'
import type { Connection } from './connection.ts'
import type { NetworkContext } from './context.ts'
import { checkRoom, linkClient, type PhoneIdentity } from './link-client.ts'
import { createPairCode } from './pair-code.ts'
import { type Registration, registeredKeys } from './registration.ts'

/** WhatsApp offers six refs a connection: the client shows the first for a minute, the others for twenty seconds each. */
const refsOffered = 6
/** Refs of ended connections are remembered, this many, to tell a stale QR string from one that never was. */
const keptRefs = 10_000

export type Pairing = {
  /** Starts offering QR codes to a client that has no account yet; false when its registration is not complete. */
  offer(connection: Connection, noiseKey: Uint8Array, data: proto.ClientPayload.IDevicePairingRegistrationData): boolean
  /** A node from a client that is not logged in. */
  receive(connection: Connection, node: BinaryNode): void
  forget(connection: Connection): void
  /** Lets a phone scan a QR string; resolves when the client has accepted. Throws a `SandboxProblem` otherwise. */
  scan(account: Account, identity: PhoneIdentity, qr: string): Promise<Device>
  /** Lets a phone enter a code, with the same outcome. */
  enterCode(account: Account, identity: PhoneIdentity, code: string): Promise<Device>
}

export function createPairing(network: NetworkContext): Pairing {
  const byRef = new Map<string, Registration | undefined>()
  const byConnection = new Map<Connection, Registration>()
  const codes = createPairCode(network)

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
      const registration = byConnection.get(connection)
      if (childOf(received, 'pair-device-sign')) registration?.answer?.(received)
      // Without answers to its keep-alive pings a client gives up while a person still looks for the phone.
      else if (childOf(received, 'ping'))
        connection.send(node('iq', attributes({ id, from: serverJid, type: 'result' })))
      else if (registration && childOf(received, 'link_code_companion_reg')) codes.receive(registration, received)
      else if (type === 'get' || type === 'set') connection.send(refusal(id))
    },

    forget(connection) {
      const registration = byConnection.get(connection)
      if (!registration) return
      byConnection.delete(connection)
      codes.forget(connection)
      registration.answer?.(undefined)
      for (const ref of registration.refs) byRef.set(ref, undefined)
      for (const ref of byRef.keys()) {
        if (byRef.size <= keptRefs) break
        if (byRef.get(ref) === undefined) byRef.delete(ref)
      }
    },

    enterCode: codes.enter,

    async scan(account, identity, text) {
      const qr = parsePairingQr(text)
      if (!qr) throw new SandboxProblem('qr-invalid', 'A QR string has a ref and three keys, separated by commas.')
      const registration = find(qr)
      checkRoom(account)
      return linkClient(network, registration, { account, identity, advSecret: qr.advSecret })
    },
  }
}

function refusal(id: string | undefined): BinaryNode {
  const error = node('error', { code: '501', text: 'feature-not-implemented' })
  return node('iq', attributes({ id, from: serverJid, type: 'error' }), [error])
}
