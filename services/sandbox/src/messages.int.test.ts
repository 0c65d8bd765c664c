import type { BaileysEventMap } from '@whiskeysockets/baileys'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from './testing/client.ts'
import { createWorld, type Linked, pnOf, receivedTexts, sendText, type World } from './testing/world.ts'

let world: World
let alice: Linked
beforeAll(async () => {
  world = await createWorld()
  alice = await world.linked('main', 'Alice')
})
afterAll(async () => {
  expect(world.errors).toEqual([])
  const { undecryptable, counter_gaps, duplicates_received } = world.sandbox.stats('main')
  expect({ undecryptable, counter_gaps, duplicates_received }).toEqual({
    undecryptable: 0,
    counter_gaps: 0,
    duplicates_received: 0,
  })
  await world[Symbol.asyncDispose]()
})

test.each([
  ['phone number', pnOf],
  ['LID', ({ lid }: { lid: string }) => lid],
])(
  'a text by %s is shown by the receiver and by the own phone, acked, delivered and read',
  async (_mode, addressOf) => {
    const bob = world.sandbox.phones.create({ realm: 'main' })
    const id = await sendText(alice.client, addressOf(bob), 'hello Bob')
    await world.shows(bob, 'hello Bob')
    await until(() => world.sandbox.phones.messages(alice.phone.id).items.some((m) => m.id === id), 'the own copy')
    expect(world.sandbox.phones.messages(bob.id).items).toMatchObject([
      { seq: 1, id, chat: alice.phone.number, from: alice.phone.number, from_me: false, status: 'received' },
    ])
    await until(() => alice.client.statusOf(id) === 3, 'the delivery receipt')
    expect(alice.client.acks.filter((ack) => ack.id === id)).toEqual([{ id, error: undefined }])

    expect(world.sandbox.phones.read(bob.id)).toEqual({ read: 1 })
    await until(() => alice.client.statusOf(id) === 4, 'the read receipt')
    await until(
      () => world.sandbox.phones.messages(alice.phone.id).items.some((m) => m.id === id && m.status === 'read'),
      'the own phone to know that it was read',
    )
  },
)

test('a phone that reads by itself sends the read receipt at once', async () => {
  const bob = world.sandbox.phones.create({ realm: 'main', auto_read: true })
  const id = await sendText(alice.client, pnOf(bob), 'read this')
  await until(() => alice.client.statusOf(id) === 4, 'the read receipt')
})

test('a text from a phone arrives with number and LID, and the client reads it', async () => {
  const bob = world.sandbox.phones.create({ realm: 'main', name: 'Bob' })
  const { id } = world.sandbox.phones.send(bob.id, { to: alice.phone.number, text: 'hello Alice' })
  await until(() => receivedTexts(alice.client).includes('hello Alice'), 'the message')
  const received = alice.client.received.find(({ key }) => key.id === id)
  expect(received).toMatchObject({
    key: { remoteJid: bob.lid, remoteJidAlt: pnOf(bob), fromMe: false },
    pushName: 'Bob',
  })
  const statusAtBob = () => world.sandbox.phones.messages(bob.id).items.find((m) => m.id === id)?.status
  await until(() => statusAtBob() === 'delivered', 'the delivery receipt')
  if (received) await alice.client.socket().readMessages([received.key])
  await until(() => statusAtBob() === 'read', 'the read receipt')
  await until(
    () => world.sandbox.phones.messages(alice.phone.id).items.some((m) => m.id === id && m.status === 'read'),
    'the own phone to show it as read',
  )
})

test.each([
  ['phone number', pnOf],
  ['LID', ({ lid }: { lid: string }) => lid],
])('a phone shows who types to it by %s, until they stop or their message is there', async (_mode, addressOf) => {
  const bob = world.sandbox.phones.create({ realm: 'main' })
  const typing = () => world.sandbox.phones.get(bob.id).typing
  const show = (state: 'composing' | 'paused') => alice.client.socket().sendPresenceUpdate(state, addressOf(bob))
  await show('composing')
  await until(() => typing().length > 0, 'somebody to type')
  expect(typing()).toEqual([alice.phone.number])
  await show('paused')
  await until(() => typing().length === 0, 'them to stop')
  await show('composing')
  await until(() => typing().length > 0, 'somebody to type')
  await sendText(alice.client, addressOf(bob), 'typed')
  await world.shows(bob, 'typed')
  expect(typing()).toEqual([])
})

test('a client hears that a phone types while it is available and subscribed to it', async () => {
  const bob = world.sandbox.phones.create({ realm: 'main' })
  const eve = world.sandbox.phones.create({ realm: 'main' })
  const socket = alice.client.socket()
  const heard: unknown[] = []
  const hear = ({ presences }: BaileysEventMap['presence.update']) =>
    heard.push(...Object.entries(presences).map(([jid, { lastKnownPresence }]) => [jid, lastKnownPresence]))
  socket.ev.on('presence.update', hear)
  const types = (phone: { id: string }, state: 'composing' | 'paused' = 'composing') =>
    world.sandbox.phones.type(phone.id, { to: alice.phone.number, state })
  // What a client sent is taken in order, so an answer says that everything before it was taken.
  const settled = () => socket.fetchBlocklist()
  await until(() => socket.authState.creds.me?.name !== undefined, 'the name of the account')

  await socket.presenceSubscribe(bob.lid)
  await settled()
  types(bob)
  await socket.sendPresenceUpdate('available')
  await settled()
  types(eve)
  types(bob)
  types(bob, 'paused')
  await until(() => heard.length >= 2, 'somebody to type')
  await socket.sendPresenceUpdate('unavailable')
  await settled()
  types(bob)
  await socket.sendPresenceUpdate('available')
  await settled()
  types(bob)
  await settled()
  socket.ev.off('presence.update', hear)
  // Baileys calls somebody who stopped typing available.
  expect(heard).toEqual([
    [bob.lid, 'composing'],
    [bob.lid, 'available'],
  ])
})

test('a phone types online, and to somebody', () => {
  const bob = world.sandbox.phones.create({ realm: 'main' })
  const to = alice.phone.number
  const type = (other: string) => () => world.sandbox.phones.type(bob.id, { to: other, state: 'composing' })
  expect(type('+999000000000')).toThrow('No phone of this realm')
  world.sandbox.phones.setOnline(bob.id, false)
  expect(type(to)).toThrow('Turn the phone online')
})

test('a conversation goes back and forth through many ratchet turns', async () => {
  const bob = world.sandbox.phones.create({ realm: 'main' })
  for (let turn = 1; turn <= 10; turn++) {
    await sendText(alice.client, pnOf(bob), `ping ${turn}`)
    await world.shows(bob, `ping ${turn}`)
    world.sandbox.phones.send(bob.id, { to: alice.phone.number, text: `pong ${turn}` })
    await until(() => receivedTexts(alice.client).includes(`pong ${turn}`), `pong ${turn}`)
  }
  expect(world.texts(bob)).toHaveLength(20)
})

test('two linked clients talk to each other, and both phones show everything', async () => {
  const bob = await world.linked('main', 'Bob')
  const id = await sendText(alice.client, pnOf(bob.phone), 'client to client')
  await until(() => receivedTexts(bob.client).includes('client to client'), 'the message')
  await until(() => alice.client.statusOf(id) >= 3, 'the delivery receipt')
  const [key] = bob.client.received.filter((m) => m.key.id === id).map((m) => m.key)
  await sendText(bob.client, key?.remoteJid ?? '', 'and back')
  await until(() => receivedTexts(alice.client).includes('and back'), 'the answer')
  await world.shows(bob.phone, 'client to client')
  await world.shows(bob.phone, '>and back')
  await world.shows(alice.phone, '>client to client')
  await world.shows(alice.phone, 'and back')
})

test("what a phone writes shows up on its own linked client as the account's own", async () => {
  const bob = world.sandbox.phones.create({ realm: 'main' })
  const { id } = world.sandbox.phones.send(alice.phone.id, { to: bob.number, text: 'from the phone itself' })
  await world.shows(bob, 'from the phone itself')
  await until(() => alice.client.received.some(({ key }) => key.id === id), 'the copy')
  const copy = alice.client.received.find(({ key }) => key.id === id)
  expect(copy).toMatchObject({
    key: { fromMe: true, remoteJid: bob.lid, remoteJidAlt: pnOf(bob) },
    message: { conversation: 'from the phone itself' },
  })
})

test('a second client of the account gets copies of what the first sends', async () => {
  const carol = await world.linked('main', 'Carol')
  const second = await world.link(carol.phone)
  const bob = world.sandbox.phones.create({ realm: 'main' })
  const id = await sendText(carol.client, pnOf(bob), 'seen by both')
  await until(() => second.received.some(({ key }) => key.id === id && key.fromMe), 'the copy')
  await world.shows(carol.phone, '>seen by both')
})

test('a client linked later gets messages of a sender that already had a chat with the account', async () => {
  const dave = world.sandbox.phones.create({ realm: 'main' })
  await sendText(alice.client, pnOf(dave), 'before')
  await world.shows(dave, 'before')
  const late = await world.link(dave)
  await sendText(alice.client, pnOf(dave), 'after')
  await until(() => receivedTexts(late).includes('after'), 'the message on the new client')
  expect(receivedTexts(late)).toEqual(['after'])
})

test('a note to oneself reaches the own phone', async () => {
  await sendText(alice.client, pnOf(alice.phone), 'note to self')
  await world.shows(alice.phone, '>note to self')
})

test('a number outside the realm is not on WhatsApp', async () => {
  const { phone, client } = await world.linked('here')
  const stranger = world.sandbox.phones.create({ realm: 'elsewhere' })
  const known = await client.socket().onWhatsApp(pnOf(stranger), pnOf(phone))
  expect(known).toEqual([{ jid: pnOf(phone), exists: true }])
  const id = await sendText(client, pnOf(stranger), 'into the void')
  await until(() => client.acks.length === 1, 'the refusal')
  expect(client.acks).toEqual([{ id, error: '404' }])
  expect([...world.texts(stranger), ...world.texts(phone)]).toEqual([])
  expect(() => world.sandbox.phones.send(phone.id, { to: stranger.number, text: 'x' })).toThrow(/realm/)
})

test('the same id sent twice is shown once and counted', async () => {
  const { phone, client } = await world.linked('twice')
  const bob = world.sandbox.phones.create({ realm: 'twice' })
  const id = await sendText(client, pnOf(bob), 'only once', '3EB0AAAAAAAAAAAAAAAAAA')
  await until(() => client.acks.length === 1, 'the first ack')
  await sendText(client, pnOf(bob), 'only once', id)
  await until(() => client.acks.length === 2, 'the second ack')
  await until(() => world.sandbox.stats('twice').repeats_hidden === 2, 'both phones to hide the repetition')
  expect(world.texts(bob)).toEqual(['only once'])
  expect(world.texts(phone)).toEqual(['>only once'])
  expect(world.sandbox.stats('twice')).toMatchObject({ duplicates_received: 1, duplicate_ids: [id], undecryptable: 0 })
})

test('an offline phone gets everything in order when it is back, and what it wrote meanwhile leaves', async () => {
  const bob = world.sandbox.phones.create({ realm: 'main' })
  world.sandbox.phones.setOnline(bob.id, false)
  const ids: string[] = []
  for (let i = 1; i <= 5; i++) ids.push(await sendText(alice.client, pnOf(bob), `m${i}`))
  world.sandbox.phones.send(bob.id, { to: alice.phone.number, text: 'written offline' })
  await until(() => alice.client.acks.some((ack) => ack.id === ids.at(-1)), 'the last ack')
  expect(world.sandbox.phones.messages(bob.id).items).toMatchObject([{ text: 'written offline', status: 'pending' }])
  expect(alice.client.statusOf(ids[0] ?? '')).toBeLessThan(3)
  world.sandbox.phones.setOnline(bob.id, true)
  await world.shows(bob, 'm5')
  expect(world.texts(bob)).toEqual(['>written offline', 'm1', 'm2', 'm3', 'm4', 'm5'])
  await until(() => receivedTexts(alice.client).includes('written offline'), 'the message written offline')
  await until(() => ids.every((id) => alice.client.statusOf(id) === 3), 'all delivery receipts')
})
