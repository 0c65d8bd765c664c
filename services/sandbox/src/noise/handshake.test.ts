import { Curve, initAuthCreds, makeNoiseHandler, proto } from '@whiskeysockets/baileys'
import { expect, test } from 'vitest'
import { loadCertificateChain } from './certificate.ts'
import { createServerHandshake, noisePrologue } from './handshake.ts'

const silent = { level: 'silent', child: () => silent, trace() {}, debug() {}, info() {}, warn() {}, error() {} }

/** The client side is Baileys' own handler, certificate check included. */
function shakeHands() {
  const keyPair = Curve.generateKeyPair()
  const { noiseKey } = initAuthCreds()
  const client = makeNoiseHandler({ keyPair, NOISE_HEADER: Buffer.from(noisePrologue), logger: silent })
  const server = createServerHandshake(Curve.generateKeyPair(), loadCertificateChain())
  const hello = proto.HandshakeMessage.encode({ clientHello: { ephemeral: keyPair.public } }).finish()
  const answer = proto.HandshakeMessage.decode(server.answerHello(hello))
  const clientStatic = client.processHandshake(answer, noiseKey)
  const payload = client.encrypt(proto.ClientPayload.encode({ username: 999_000_000_001, device: 3 }).finish())
  const finish = proto.HandshakeMessage.encode({ clientFinish: { static: clientStatic, payload } }).finish()
  return { client, server, noiseKey, finish }
}

test("Baileys' handshake accepts the certificate chain and both sides end with the same keys", async () => {
  const { client, server, noiseKey, finish } = shakeHands()
  const { clientStatic, payload, transport } = server.finish(finish)
  await client.finishInit()
  expect(Buffer.from(clientStatic)).toEqual(Buffer.from(noiseKey.public))
  expect(payload.device).toBe(3)
  for (const text of ['first', 'second', 'third']) {
    expect(transport.decrypt(client.encrypt(Buffer.from(text))).toString()).toBe(text)
    expect(client.decrypt(transport.encrypt(Buffer.from(text))).toString()).toBe(text)
  }
})

test('a client finish that was tampered with does not decrypt', () => {
  const { server, finish } = shakeHands()
  const bent = Buffer.from(finish)
  bent[bent.length - 1] = (bent.at(-1) ?? 0) ^ 1
  expect(() => server.finish(bent)).toThrow()
})

test('bytes that are not a client hello are an error', () => {
  const server = createServerHandshake(Curve.generateKeyPair(), loadCertificateChain())
  expect(() => server.answerHello(new Uint8Array(0))).toThrow(/ephemeral/)
})
