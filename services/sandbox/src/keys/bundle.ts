import { encodeBigEndian } from '@whiskeysockets/baileys'
import { type BinaryNode, bytesOf, childOf, node, uintOf } from '../wire/node.ts'

export type OneTimePreKey = { id: number; publicKey: Uint8Array }
export type SignedPreKey = { id: number; publicKey: Uint8Array; signature: Uint8Array }

/** What a sender needs to start a Signal session with one device. Without a one-time pre-key the session still starts. */
export type KeyBundle = {
  registrationId: number
  /** 32 bytes, without libsignal's type byte, as on the wire. */
  identityKey: Uint8Array
  signedPreKey: SignedPreKey
  preKey?: OneTimePreKey | undefined
}

/** WhatsApp's `type` of a key bundle: Curve25519. */
export const keyType = Buffer.from([5])

export function preKeyNode({ id, publicKey }: OneTimePreKey): BinaryNode {
  return node('key', {}, [node('id', {}, encodeBigEndian(id, 3)), node('value', {}, publicKey)])
}

export function signedPreKeyNode({ id, publicKey, signature }: SignedPreKey): BinaryNode {
  return node('skey', {}, [
    node('id', {}, encodeBigEndian(id, 3)),
    node('value', {}, publicKey),
    node('signature', {}, signature),
  ])
}

/** The children of a `<user>` in the answer to a key request. */
export function bundleNodes(bundle: KeyBundle): BinaryNode[] {
  return [
    node('registration', {}, encodeBigEndian(bundle.registrationId)),
    node('type', {}, keyType),
    node('identity', {}, bundle.identityKey),
    signedPreKeyNode(bundle.signedPreKey),
    ...(bundle.preKey ? [preKeyNode(bundle.preKey)] : []),
  ]
}

export function parsePreKey(source: BinaryNode | undefined): OneTimePreKey | undefined {
  const id = uintOf(childOf(source, 'id'))
  const publicKey = bytesOf(childOf(source, 'value'))
  return id === undefined || publicKey?.length !== 32 ? undefined : { id, publicKey }
}

export function parseSignedPreKey(source: BinaryNode | undefined): SignedPreKey | undefined {
  const preKey = parsePreKey(source)
  const signature = bytesOf(childOf(source, 'signature'))
  return preKey && signature?.length === 64 ? { ...preKey, signature } : undefined
}
