/**
 * The server's side of WhatsApp's Noise XX handshake: client hello, server hello with the certificate chain, client finish.
 * After the third message both sides share a transport and the server knows the client's static key.
 */
import { aesDecryptGCM, aesEncryptGCM, Curve, hkdf, proto, sha256 } from '@whiskeysockets/baileys'
import { createTransport, nonce, type Transport } from './transport.ts'

type KeyPair = { public: Uint8Array; private: Uint8Array }

export type FinishedHandshake = {
  /** The client's Noise static key: what a linked device proves itself with at every login. */
  clientStatic: Uint8Array
  payload: proto.ClientPayload
  transport: Transport
}

export type ServerHandshake = {
  /** Takes the client hello and returns the server hello to send. Throws on bytes that are not one. */
  answerHello(bytes: Uint8Array): Uint8Array
  /** Takes the client finish. Throws when it does not decrypt. */
  finish(bytes: Uint8Array): FinishedHandshake
}

const protocolName = Buffer.from('Noise_XX_25519_AESGCM_SHA256\0\0\0\0')
/** The four bytes every connection opens with: "WA", protocol 6, dictionary version 3. */
export const noisePrologue = Buffer.from([87, 65, 6, 3])

export function createServerHandshake(serverStatic: KeyPair, certificateChain: Uint8Array): ServerHandshake {
  let hash: Buffer = protocolName
  let salt: Buffer = protocolName
  let key: Buffer = protocolName
  let counter = 0
  let ephemeral: KeyPair | undefined

  const mixHash = (data: Uint8Array) => {
    hash = Buffer.from(sha256(Buffer.concat([hash, data])))
  }
  const derive = (secret: Uint8Array): [Buffer, Buffer] => {
    const output = hkdf(Buffer.from(secret), 64, { salt, info: '' })
    return [Buffer.from(output.subarray(0, 32)), Buffer.from(output.subarray(32))]
  }
  const mixKey = (secret: Uint8Array) => {
    ;[salt, key] = derive(secret)
    counter = 0
  }
  const encrypt = (plaintext: Uint8Array): Buffer => {
    const ciphertext = aesEncryptGCM(plaintext, key, nonce(counter++), hash)
    mixHash(ciphertext)
    return ciphertext
  }
  const decrypt = (ciphertext: Uint8Array): Buffer => {
    const plaintext = aesDecryptGCM(ciphertext, key, nonce(counter++), hash)
    mixHash(ciphertext)
    return plaintext
  }

  mixHash(noisePrologue)

  return {
    answerHello(bytes) {
      const clientEphemeral = proto.HandshakeMessage.decode(bytes).clientHello?.ephemeral
      if (clientEphemeral?.length !== 32) throw new Error('the client hello carries no ephemeral key')
      mixHash(clientEphemeral)
      ephemeral = Curve.generateKeyPair()
      mixHash(ephemeral.public)
      mixKey(Curve.sharedKey(ephemeral.private, clientEphemeral))
      const encryptedStatic = encrypt(serverStatic.public)
      mixKey(Curve.sharedKey(serverStatic.private, clientEphemeral))
      const payload = encrypt(certificateChain)
      const serverHello = { ephemeral: ephemeral.public, static: encryptedStatic, payload }
      return proto.HandshakeMessage.encode({ serverHello }).finish()
    },

    finish(bytes) {
      const clientFinish = proto.HandshakeMessage.decode(bytes).clientFinish
      if (!ephemeral || !clientFinish?.static || !clientFinish.payload) throw new Error('not a client finish')
      const clientStatic = decrypt(clientFinish.static)
      mixKey(Curve.sharedKey(ephemeral.private, clientStatic))
      const payload = proto.ClientPayload.decode(decrypt(clientFinish.payload))
      const [clientWrites, serverWrites] = derive(new Uint8Array(0))
      return { clientStatic, payload, transport: createTransport(serverWrites, clientWrites) }
    },
  }
}
