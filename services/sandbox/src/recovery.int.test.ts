import type { SignalDataSet } from '@whiskeysockets/baileys'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestClient, until } from './testing/client.ts'
import { createWorld, pnOf, receivedTexts, sendText, type World } from './testing/world.ts'
import { type BinaryNode, childOf, childrenOf, node, uintOf } from './wire/node.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(async () => {
  expect(world.errors).toEqual([])
  await world[Symbol.asyncDispose]()
})

/** The client's Signal session with a phone, as stored, to lose it or to roll it back. */
async function sessionWith(client: TestClient, lid: string) {
  const address = client.socket().signalRepository.jidToSignalProtocolAddress(lid)
  const stored = await client.auth.keys.get('session', [address])
  const saved = structuredClone(stored[address])
  const put = (session: typeof saved | null) => {
    const data: SignalDataSet = { session: { [address]: session ?? null } }
    return client.auth.keys.set(data)
  }
  return { rollBack: () => put(saved), lose: () => put(null) }
}

test('everything a client missed comes at the next login, once and in order', async () => {
  const { phone, client } = await world.linked('missed')
  const bob = world.sandbox.phones.create({ realm: 'missed' })
  world.sandbox.phones.send(bob.id, { to: phone.number, text: 'm0' })
  await until(() => receivedTexts(client).length === 1, 'the message before')
  client.end()
  await client.closed()
  const texts = Array.from({ length: 20 }, (_, i) => `m${i + 1}`)
  for (const text of texts) world.sandbox.phones.send(bob.id, { to: phone.number, text })
  await until(() => world.sandbox.phones.messages(bob.id).items.at(-1)?.status === 'delivered', 'the phone to have it')
  client.connect()
  await until(() => receivedTexts(client).includes('m20'), 'the last missed message')
  expect(receivedTexts(client)).toEqual(['m0', ...texts])
  expect(world.sandbox.stats('missed').retry_receipts).toBe(0)

  client.end()
  await until(() => world.sandbox.phones.get(phone.id).linked_devices[0]?.connected === false, 'the disconnect')
  const redelivered = world.sandbox.stats('missed').redelivered
  client.connect()
  await client.open()
  await until(() => world.sandbox.phones.get(phone.id).linked_devices[0]?.connected === true, 'the login')
  expect(world.sandbox.stats('missed').redelivered).toBe(redelivered)
})

test('a message whose receipt was lost is delivered again', async () => {
  const { phone, client } = await world.linked('unreceipted')
  const bob = world.sandbox.phones.create({ realm: 'unreceipted' })
  world.sandbox.fault({ phone: phone.id, drop: { direction: 'from_client', tag: 'receipt' } })
  world.sandbox.phones.send(bob.id, { to: phone.number, text: 'receipt lost' })
  await until(() => receivedTexts(client).length === 1, 'the message')
  await until(() => world.sandbox.stats('unreceipted').frames_dropped === 1, 'the lost receipt')
  client.end()
  await client.closed()
  client.connect()
  await client.open()
  await until(() => world.sandbox.stats('unreceipted').redelivered === 1, 'the second delivery')
})

test('a client that lost its session asks again and gets the message', async () => {
  const { phone, client } = await world.linked('client-retry')
  const bob = world.sandbox.phones.create({ realm: 'client-retry' })
  world.sandbox.phones.send(bob.id, { to: phone.number, text: 'first' })
  await until(() => receivedTexts(client).includes('first'), 'the first message')
  await sendText(client, bob.lid, 'so that the session is settled')
  await world.shows(bob, 'so that the session is settled')
  await (await sessionWith(client, bob.lid)).lose()
  world.sandbox.phones.send(bob.id, { to: phone.number, text: 'second' })
  await until(() => receivedTexts(client).includes('second'), 'the message after the retry receipt')
  const stats = world.sandbox.stats('client-retry')
  expect(stats.retry_receipts).toBeGreaterThanOrEqual(1)
  expect(stats).toMatchObject({ duplicates_received: 0, undecryptable: 0 })
})

test('a phone that cannot decrypt says so, asks again and shows the resend', async () => {
  const { client } = await world.linked('phone-retry')
  const bob = world.sandbox.phones.create({ realm: 'phone-retry' })
  await sendText(client, pnOf(bob), 'one')
  await world.shows(bob, 'one')
  // What a client does that crashed after sending and before storing its ratchet.
  const session = await sessionWith(client, bob.lid)
  await sendText(client, pnOf(bob), 'two')
  await world.shows(bob, 'two')
  await session.rollBack()
  const id = await sendText(client, pnOf(bob), 'three')
  await world.shows(bob, 'three')
  expect(world.texts(bob)).toEqual(['one', 'two', 'three'])
  const stats = world.sandbox.stats('phone-retry')
  expect(stats.undecryptable).toBe(1)
  expect(stats.retry_receipts).toBe(1)
  expect(stats.resends_received).toBe(1)
  expect(stats.duplicates_received).toBe(0)
  await until(() => world.sandbox.phones.undecryptable(bob.id).items[0]?.recovered === true, 'the recovery')
  expect(world.sandbox.phones.undecryptable(bob.id).items).toMatchObject([{ id, retries: 1, recovered: true }])
})

test('a message that was lost on the way leaves a gap that the receiver notices', async () => {
  const { phone, client } = await world.linked('gap')
  const bob = world.sandbox.phones.create({ realm: 'gap' })
  await sendText(client, pnOf(bob), 'one')
  await world.shows(bob, 'one')
  world.sandbox.fault({ phone: phone.id, drop: { direction: 'from_client', tag: 'message' } })
  await sendText(client, pnOf(bob), 'two')
  await sendText(client, pnOf(bob), 'three')
  await world.shows(bob, 'three')
  await world.shows(phone, '>three')
  expect(world.texts(bob)).toEqual(['one', 'three'])
  expect(world.sandbox.stats('gap')).toMatchObject({ counter_gaps: 2, undecryptable: 0 })
})

test('a client that rotated its signed pre-key can be written to by someone new', async () => {
  const { phone, client } = await world.linked('rotation')
  await client.socket().rotateSignedPreKey()
  expect(client.auth.creds.signedPreKey.keyId).toBe(2)
  await client.socket().digestKeyBundle()
  const bob = world.sandbox.phones.create({ realm: 'rotation' })
  world.sandbox.phones.send(bob.id, { to: phone.number, text: 'with the new key' })
  await until(() => receivedTexts(client).includes('with the new key'), 'the message')
  expect(world.sandbox.stats('rotation').retry_receipts).toBe(0)
})

test('a client refills its pre-keys when told that they run low, and no key goes out twice', async () => {
  const { phone, client } = await world.linked('pre-keys')
  const { client: other } = await world.linked('pre-keys')
  const jid = `${phone.number.slice(1)}:1@s.whatsapp.net`
  const ask = async (asking: TestClient, question: BinaryNode): Promise<BinaryNode> => {
    const attrs = { xmlns: 'encrypt', type: 'get', to: '@s.whatsapp.net' }
    return asking.socket().query({ tag: 'iq', attrs, content: [question] })
  }
  const available = async () => Number(childOf(await ask(client, node('count')), 'count')?.attrs.value)
  const before = await available()

  const users = Array.from({ length: before - 2 }, () => node('user', { jid }))
  const list = childOf(await ask(other, node('key', {}, users)), 'list')
  const ids = childrenOf(list, 'user').map((user) => uintOf(childOf(childOf(user, 'key'), 'id')))
  expect(new Set(ids).size).toBe(before - 2)
  await until(() => client.auth.creds.nextPreKeyId > before + 1, 'the client to make new keys')
  await expect.poll(available).toBe(7)
})
