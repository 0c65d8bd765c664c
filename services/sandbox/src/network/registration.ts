/** A client that is connected and has no account yet. */
import type { proto } from '@whiskeysockets/baileys'
import type { KeyBundle } from '../keys/bundle.ts'
import type { BinaryNode } from '../wire/node.ts'
import type { Connection } from './connection.ts'

export type Registration = {
  connection: Connection
  noiseKey: Uint8Array
  keys: Omit<KeyBundle, 'preKey'>
  refs: string[]
  /** Takes the client's answer to pair-success, or undefined when it went away; set while a phone links it. */
  answer: ((answer: BinaryNode | undefined) => void) | undefined
}

/** The keys that a client registers with; undefined when one is missing. */
export function registeredKeys({
  eRegid,
  eIdent,
  eSkeyId,
  eSkeyVal,
  eSkeySig,
}: proto.ClientPayload.IDevicePairingRegistrationData): Registration['keys'] | undefined {
  if (eRegid?.length !== 4 || eIdent?.length !== 32 || eSkeyId?.length !== 3) return undefined
  if (eSkeyVal?.length !== 32 || eSkeySig?.length !== 64) return undefined
  return {
    registrationId: Buffer.from(eRegid).readUInt32BE(0),
    identityKey: eIdent,
    signedPreKey: { id: Buffer.from(eSkeyId).readUIntBE(0, 3), publicKey: eSkeyVal, signature: eSkeySig },
  }
}
