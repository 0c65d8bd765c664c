// Accounts that are linked without a handshake: real credentials and a real one-time key supply, made in milliseconds because
// the accounts share their one-time keys. For benches that begin with a thousand sessions; each signs in as itself.
import {
  addTransactionCapability,
  Curve,
  DEFAULT_CONNECTION_CONFIG,
  generateRegistrationId,
  generateSignalPubKey,
  initAuthCreds,
  type KeyPair,
  proto,
} from '@whiskeysockets/baileys'
import { PackedKeys, packMutations } from '../log/packed-keys.ts'
import { silentLogger } from '../session/baileys.ts'
import type { Credentials } from '../signal/credentials.ts'
import { createKeyStore } from '../signal/key-store.ts'

/** As many as Baileys makes when it links. */
const oneTimeKeys = 812

export type Seeds = {
  preKeys: KeyPair[]
  /** A session record as libsignal writes it after a message in each direction, and the contact's identity with it. */
  ratchet: { session: unknown; identity: unknown }
}

export async function makeSeeds(): Promise<Seeds> {
  return { preKeys: Array.from({ length: oneTimeKeys }, () => Curve.generateKeyPair()), ratchet: await talk() }
}

/** What the phone is told of a client that it never sees, in the sandbox's words. */
export function introduction(creds: Credentials, { preKeys }: Seeds) {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  const { keyId, keyPair, signature } = creds.signedPreKey
  return {
    registration_id: creds.registrationId,
    noise_key: base64(creds.noiseKey.public),
    identity_key: base64(creds.signedIdentityKey.public),
    signed_pre_key: { id: keyId, public_key: base64(keyPair.public), signature: base64(signature) },
    pre_keys: base64(Buffer.concat(preKeys.map((pair) => pair.public))),
  }
}

const deviceSignaturePrefix = Buffer.from([6, 1])

/** Credentials before the phone has vouched for them. */
export const newCredentials = (): Credentials => initAuthCreds()

/** The credentials as they are after pairing, first synchronization and the upload of the one-time keys. */
export function linkedCredentials(
  creds: Credentials,
  phone: { jid: string; lid: string; identity: Uint8Array },
): Credentials {
  const account = proto.ADVSignedDeviceIdentity.decode(phone.identity)
  const { details, accountSignatureKey } = account
  if (!details || !accountSignatureKey) throw new Error('the phone vouched for nothing')
  const { public: publicKey, private: privateKey } = creds.signedIdentityKey
  const signed = Buffer.concat([deviceSignaturePrefix, details, publicKey, accountSignatureKey])
  account.deviceSignature = Curve.sign(privateKey, signed)
  const ownPhone = { name: phone.lid, deviceId: 0 }
  return {
    ...creds,
    account,
    me: { id: phone.jid, lid: phone.lid, name: 'Seeded' },
    signalIdentities: [{ identifier: ownPhone, identifierKey: generateSignalPubKey(accountSignatureKey) }],
    platform: 'android',
    nextPreKeyId: oneTimeKeys + 1,
    firstUnuploadedPreKeyId: oneTimeKeys + 1,
    accountSyncCounter: 1,
  }
}

function device() {
  const creds = initAuthCreds()
  const keys = new PackedKeys()
  const store = createKeyStore({ keys, write: (mutations) => keys.apply(mutations) })
  const auth = {
    creds,
    keys: addTransactionCapability(store, silentLogger, { maxCommitRetries: 1, delayBetweenTriesMs: 10 }),
  }
  const repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(auth, silentLogger, async () => undefined)
  return { creds, keys, repository }
}

async function talk(): Promise<Seeds['ratchet']> {
  const [ours, theirs] = [device(), device()]
  const [ourJid, theirJid] = ['800000000000001@lid', '900000000000001@lid']
  const preKey = Curve.generateKeyPair()
  theirs.keys.apply(packMutations({ 'pre-key': { 1: preKey } }))
  const { signedIdentityKey, signedPreKey } = theirs.creds
  const bundle = {
    registrationId: generateRegistrationId(),
    identityKey: generateSignalPubKey(signedIdentityKey.public),
    signedPreKey: {
      keyId: signedPreKey.keyId,
      publicKey: generateSignalPubKey(signedPreKey.keyPair.public),
      signature: signedPreKey.signature,
    },
    preKey: { keyId: 1, publicKey: generateSignalPubKey(preKey.public) },
  }
  await ours.repository.injectE2ESession({ jid: theirJid, session: bundle })
  const sent = await ours.repository.encryptMessage({ jid: theirJid, data: Buffer.from('hello') })
  await theirs.repository.decryptMessage({ jid: ourJid, ...sent })
  const answer = await theirs.repository.encryptMessage({ jid: ourJid, data: Buffer.from('hello yourself') })
  await ours.repository.decryptMessage({ jid: theirJid, ...answer })
  const address = ours.repository.jidToSignalProtocolAddress(theirJid)
  return { session: ours.keys.get('session', address), identity: ours.keys.get('identity-key', address) }
}
