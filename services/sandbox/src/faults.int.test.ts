import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from './testing/client.ts'
import { createWorld, pnOf, receivedTexts, sendText, type World } from './testing/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(async () => {
  expect(world.errors).toEqual([])
  await world[Symbol.asyncDispose]()
})

test('a cut connection is 428 for the client, a stream error is its code', async () => {
  const { phone, client } = await world.linked('cut')
  expect(world.sandbox.fault({ phone: phone.id, disconnect: true })).toEqual({ connections: 1 })
  expect(await client.closed()).toBe(428)
  for (const code of [503, 440, 401]) {
    client.connect()
    await client.open()
    expect(world.sandbox.fault({ realm: 'cut', fail: code })).toEqual({ connections: 1 })
    expect(await client.closed()).toBe(code)
  }
})

test('refused logins fail with their code until the refusal ends', async () => {
  const { client } = await world.linked('refused')
  world.sandbox.fault({ realm: 'refused', refuse_logins: 403, disconnect: true })
  await client.closed()
  client.connect()
  await until(() => client.disconnects.length === 2, 'the refusal')
  expect(client.disconnects).toEqual([428, 403])
  world.sandbox.fault({ realm: 'refused', refuse_logins: null })
  client.connect()
  await client.open()
})

test('held acks come when they are released, and the message was delivered all along', async () => {
  const { phone, client } = await world.linked('acks')
  const bob = world.sandbox.phones.create({ realm: 'acks' })
  world.sandbox.fault({ phone: phone.id, hold_acks: true })
  const id = await sendText(client, pnOf(bob), 'no ack yet')
  await world.shows(bob, 'no ack yet')
  await until(() => client.statusOf(id) === 3, 'the delivery receipt')
  expect(client.acks).toEqual([])
  world.sandbox.fault({ phone: phone.id, hold_acks: false })
  await until(() => client.acks.length === 1, 'the released ack')
})

test('held acks of a connection that is gone never come, and a resend is a duplicate', async () => {
  const { phone, client } = await world.linked('lost-acks')
  const bob = world.sandbox.phones.create({ realm: 'lost-acks' })
  world.sandbox.fault({ phone: phone.id, hold_acks: true })
  const id = await sendText(client, pnOf(bob), 'twice on the wire')
  await world.shows(bob, 'twice on the wire')
  world.sandbox.fault({ phone: phone.id, disconnect: true })
  await client.closed()
  world.sandbox.fault({ phone: phone.id, hold_acks: false })
  client.connect()
  await client.open()
  await sendText(client, pnOf(bob), 'twice on the wire', id)
  await until(() => client.acks.length === 1, 'the ack of the resend')
  expect(world.texts(bob)).toEqual(['twice on the wire'])
  expect(world.sandbox.stats('lost-acks').duplicate_ids).toEqual([id])
})

test('a delay slows every frame and keeps their order', async () => {
  const { phone, client } = await world.linked('slow')
  const bob = world.sandbox.phones.create({ realm: 'slow' })
  world.sandbox.fault({ realm: 'slow', delay_ms: 150 })
  const startMs = performance.now()
  const texts = ['one', 'two', 'three', 'four']
  for (const text of texts) world.sandbox.phones.send(bob.id, { to: phone.number, text })
  await until(() => receivedTexts(client).length === 4, 'all messages')
  expect(performance.now() - startMs).toBeGreaterThan(140)
  expect(receivedTexts(client)).toEqual(texts)
  world.sandbox.fault({ realm: 'slow', delay_ms: 0 })
})

test('refused messages are acked with the error and shown by nobody', async () => {
  const { phone, client } = await world.linked('restricted')
  const bob = world.sandbox.phones.create({ realm: 'restricted' })
  world.sandbox.fault({ phone: phone.id, refuse_messages: 463 })
  const id = await sendText(client, bob.lid, 'not now')
  await until(() => client.acks.length === 1, 'the refusal')
  expect(client.acks).toEqual([{ id, error: '463' }])
  world.sandbox.fault({ phone: phone.id, refuse_messages: null })
  await sendText(client, bob.lid, 'now')
  await world.shows(bob, 'now')
  expect(world.texts(bob)).toEqual(['now'])
})

test('a stanza that the network repeats is a duplicate for who gets it', async () => {
  const { phone, client } = await world.linked('repeated')
  const bob = world.sandbox.phones.create({ realm: 'repeated' })
  await sendText(client, bob.lid, 'settles the session')
  await world.shows(bob, 'settles the session')
  world.sandbox.fault({ phone: phone.id, repeat: { direction: 'from_client', tag: 'message' } })
  await sendText(client, bob.lid, 'sent once, arrives twice')
  await until(() => world.sandbox.stats('repeated').frames_repeated === 2, 'both phones to notice')
  expect(world.texts(bob)).toEqual(['settles the session', 'sent once, arrives twice'])
  expect(world.sandbox.stats('repeated')).toMatchObject({ duplicates_received: 1, undecryptable: 0 })

  const acksOf = (id: string | undefined) => client.acks.filter((ack) => ack.id === id).length
  await until(() => acksOf(client.acks.at(-1)?.id) === 2, 'the acks of the repeated message')
  world.sandbox.fault({ phone: phone.id, repeat: { direction: 'to_client', tag: 'ack' } })
  const id = await sendText(client, bob.lid, 'acked twice')
  await until(() => acksOf(id) === 2, 'both acks')
})

test('a fault for an unknown phone is refused', () => {
  expect(() => world.sandbox.fault({ phone: 'pho_none', disconnect: true })).toThrow(/phone/)
})
