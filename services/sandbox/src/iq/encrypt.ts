/** Pre-keys: clients upload theirs and fetch those of others. */
import { createHash } from 'node:crypto'
import { encodeBigEndian } from '@whiskeysockets/baileys'
import type { Device } from '../account/account.ts'
import { bundleNodes, keyType, parsePreKey, parseSignedPreKey } from '../keys/bundle.ts'
import { type ClientKeys, isClientKeys } from '../keys/device-keys.ts'
import { parseUserJid } from '../wire/jid.ts'
import { childOf, childrenOf, node, uintOf } from '../wire/node.ts'
import { badRequest, done, type IqHandler } from './answer.ts'

export const countPreKeys: IqHandler = (_network, device) => ({
  result: [node('count', { value: String(keysOf(device)?.preKeyCount() ?? 0) })],
})

export const uploadPreKeys: IqHandler = (_network, device, iq) => {
  const registrationId = uintOf(childOf(iq, 'registration'))
  const signedPreKey = parseSignedPreKey(childOf(iq, 'skey'))
  const preKeys = childrenOf(childOf(iq, 'list'), 'key').map(parsePreKey)
  const complete = preKeys.filter((key) => key !== undefined)
  if (registrationId === undefined || !signedPreKey || complete.length !== preKeys.length) return badRequest
  keysOf(device)?.upload({ registrationId, signedPreKey, preKeys: complete })
  return done
}

export const rotateSignedPreKey: IqHandler = (_network, device, iq) => {
  const signedPreKey = parseSignedPreKey(childOf(childOf(iq, 'rotate'), 'skey'))
  if (!signedPreKey) return badRequest
  keysOf(device)?.rotate(signedPreKey)
  return done
}

/** Lets a client check that the server holds the keys it believes it holds. */
export const digestKeys: IqHandler = (_network, device) => {
  const keys = keysOf(device)
  if (!keys) return badRequest
  const signed = keys.signedPreKey()
  const hash = createHash('sha1').update(keys.identityKey).update(signed.publicKey).update(signed.signature).digest()
  const children = [
    node('registration', {}, encodeBigEndian(keys.registrationId())),
    node('type', {}, keyType),
    node('identity', {}, keys.identityKey),
    node('skey', {}, [node('id', {}, encodeBigEndian(signed.id, 3))]),
    node('hash', {}, hash),
  ]
  return { result: [node('digest', {}, children)] }
}

/**
 * Key bundles of other devices; each spends a one-time pre-key. A device that does not exist is left out, because Baileys gives up
 * the whole send on an error inside the list.
 */
export const fetchKeyBundles: IqHandler = ({ directory }, { account }, iq) => {
  const users = childrenOf(childOf(iq, 'key'), 'user').flatMap(({ attrs: { jid } }) => {
    const address = parseUserJid(jid)
    const device = address && directory.find(account.realm, address.user)?.devices.get(address.device)
    if (!device || jid === undefined) return []
    const identity = device.signedIdentity ? [node('device-identity', {}, device.signedIdentity)] : []
    return [node('user', { jid }, [...bundleNodes(device.keys.takeBundle()), ...identity])]
  })
  return { result: [node('list', {}, users)] }
}

/** Only linked clients talk to the server in stanzas, so there always are some. */
function keysOf({ keys }: Device): ClientKeys | undefined {
  return isClientKeys(keys) ? keys : undefined
}
