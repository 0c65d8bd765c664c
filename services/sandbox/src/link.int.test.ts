import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryAuth, until } from './testing/client.ts'
import { createWorld, pnOf, receivedTexts, sendText, type World } from './testing/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(async () => {
  expect(world.errors).toEqual([])
  await world[Symbol.asyncDispose]()
})

test('an unmodified client links by QR, logs in as device 1 of the number with its LID, and is open quickly', async () => {
  const { sandbox } = world
  const phone = sandbox.phones.create({ realm: 'link' })
  const client = world.client()
  const linked = await sandbox.phones.scan(phone.id, await client.qr())
  const startMs = performance.now()
  await client.open()
  const { me, account } = client.auth.creds
  expect(linked).toEqual({ jid: me?.id, lid: me?.lid, device: 1 })
  expect(me?.id).toBe(`${phone.number.slice(1)}:1@s.whatsapp.net`)
  expect(account?.deviceSignature).toBeDefined()
  expect(sandbox.phones.get(phone.id).linked_devices).toEqual([{ device: 1, jid: linked.jid, connected: true }])
  // Generous for a busy machine; the client's own time-outs, which a missing answer would cost, start at 20 s.
  expect(performance.now() - startMs).toBeLessThan(5_000)
  await until(
    () => client.auth.creds.accountSyncCounter === 1,
    'the first synchronization, well before its 20 s time-out',
  )
})

test('a linked client reconnects with its credentials and gets what it missed', async () => {
  const { phone, client } = await world.linked('relink')
  const friend = world.sandbox.phones.create({ realm: 'relink' })
  client.end()
  await client.closed()
  world.sandbox.phones.send(friend.id, { to: phone.number, text: 'while you were out' })
  client.connect()
  await client.open()
  await until(() => receivedTexts(client).includes('while you were out'), 'the missed message')
})

test('a QR string is good for one scan, and a stale, unknown or broken one is refused by name', async () => {
  const { sandbox } = world
  const phone = sandbox.phones.create({ realm: 'qr' })
  const client = world.client()
  const qr = await client.qr()
  await expect(sandbox.phones.scan(phone.id, 'not a qr')).rejects.toMatchObject({ code: 'qr-invalid' })
  const unknown = qr.replace(/#[^,]+/, '#never-offered')
  await expect(sandbox.phones.scan(phone.id, unknown)).rejects.toMatchObject({ code: 'qr-unknown' })
  const [ref, , ...others] = qr.split(',')
  const foreignKey = Buffer.alloc(32, 9).toString('base64')
  await expect(sandbox.phones.scan(phone.id, [ref, foreignKey, ...others].join(','))).rejects.toMatchObject({
    code: 'qr-invalid',
  })
  const first = sandbox.phones.scan(phone.id, qr)
  await expect(sandbox.phones.scan(phone.id, qr)).rejects.toMatchObject({ code: 'qr-used' })
  await first
  await client.open()
  await expect(sandbox.phones.scan(phone.id, qr)).rejects.toMatchObject({ code: 'qr-expired' })
})

test('the QR code that a client shows next, when nobody scanned the first, links as well', async () => {
  const phone = world.sandbox.phones.create({ realm: 'rotate' })
  const client = world.client({ qrTimeout: 100 })
  const first = await client.qr()
  const second = await client.qr()
  expect(second).not.toBe(first)
  await world.sandbox.phones.scan(phone.id, second)
  await client.open()
})

test('a client that still waits for its scan gets answers to its pings', async () => {
  const client = world.client()
  await client.qr()
  const attrs = { type: 'get', xmlns: 'w:p', to: '@s.whatsapp.net' }
  const answer = await client.socket().query({ tag: 'iq', attrs, content: [{ tag: 'ping', attrs: {} }] })
  expect(answer.attrs.type).toBe('result')
})

test('keep-alive pings are answered', async () => {
  const { client } = await world.linked('ping')
  client.end()
  await client.closed()
  const quick = world.client({ auth: client.auth, keepAliveIntervalMs: 50 })
  let pings = 0
  quick.socket().ws.on('frame', ({ attrs }) => {
    if (attrs?.type === 'result') pings++
  })
  await quick.open()
  const atLogin = pings
  await until(() => pings >= atLogin + 10, 'ten answers')
  expect(quick.disconnects).toEqual([])
})

test('an offline phone cannot scan', async () => {
  const { sandbox } = world
  const phone = sandbox.phones.create({ realm: 'offline-scan' })
  sandbox.phones.setOnline(phone.id, false)
  const client = world.client()
  await expect(sandbox.phones.scan(phone.id, await client.qr())).rejects.toMatchObject({ code: 'phone-offline' })
  client.end()
})

test('a second login of the same device ends the first with 440', async () => {
  const { phone, client } = await world.linked('evict')
  const second = world.client({ auth: client.auth })
  await second.open()
  expect(await client.closed()).toBe(440)
  expect(world.sandbox.stats('evict').evictions).toBe(1)
  expect(world.sandbox.phones.get(phone.id).linked_devices).toMatchObject([{ device: 1, connected: true }])
})

test('an unlinked client ends with 401, at once and at every later login', async () => {
  const { phone, client } = await world.linked('unlink')
  expect(world.sandbox.phones.unlink(phone.id)).toEqual({ unlinked: 1 })
  expect(await client.closed()).toBe(401)
  client.connect()
  await until(() => client.disconnects.length === 2, 'the refused login')
  expect(client.disconnects).toEqual([401, 401])
  expect(world.sandbox.phones.get(phone.id).linked_devices).toEqual([])
})

test('a client that logs itself out is no linked device any more', async () => {
  const { phone, client } = await world.linked('logout')
  await client.socket().logout()
  expect(await client.closed()).toBe(401)
  await until(() => world.sandbox.phones.get(phone.id).linked_devices.length === 0, 'the device to be gone')
  client.connect()
  await until(() => client.disconnects.length === 2, 'the refused login')
  expect(client.disconnects.at(-1)).toBe(401)
})

test("someone else's Noise key does not log in as a linked device", async () => {
  const { client } = await world.linked('thief')
  const thief = memoryAuth()
  Object.assign(thief.creds, { me: client.auth.creds.me })
  const stolen = world.client({ auth: thief })
  expect(await stolen.closed()).toBe(401)
  expect(world.sandbox.stats('thief').evictions).toBe(0)
})

test('a phone links four clients at most, and each gets the messages', async () => {
  const { phone, client } = await world.linked('four')
  const clients = [client, await world.link(phone), await world.link(phone), await world.link(phone)]
  const fifth = world.client()
  const refused = world.sandbox.phones.scan(phone.id, await fifth.qr())
  await expect(refused).rejects.toMatchObject({ code: 'too-many-devices' })
  fifth.end()
  const friend = await world.linked('four')
  await sendText(friend.client, pnOf(phone), 'hello to all of you')
  for (const each of clients) await until(() => receivedTexts(each).length === 1, 'the message on every client')
  await world.shows(phone, 'hello to all of you')
})
