import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PhoneView } from './phone/phones.ts'
import { createSandbox } from './sandbox.ts'
import { createClient, type TestClient, until } from './testing/client.ts'
import { controlToken, createWorld, pnOf, receivedTexts, sendText, type World } from './testing/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(async () => {
  expect(world.errors).toEqual([])
  await world[Symbol.asyncDispose]()
})

/** Asks for a code as an application does: once the client is at the stage at which it shows a QR code. */
async function codeFor(client: TestClient, phone: Pick<PhoneView, 'number'>): Promise<string> {
  await client.qr()
  return ask(client, phone)
}

async function ask(client: TestClient, phone: Pick<PhoneView, 'number'>): Promise<string> {
  const answered = Promise.withResolvers<void>()
  client.socket().ws.once('CB:iq,,link_code_companion_reg', () => answered.resolve())
  const code = await client.socket().requestPairingCode(phone.number.slice(1))
  await answered.promise
  return code
}

const otherCode = (code: string) => (code.startsWith('A') ? 'B' : 'A') + code.slice(1)

test('an unmodified client links by code, and messages flow both ways', async () => {
  const { sandbox } = world
  const [phone, friend] = [sandbox.phones.create({ realm: 'code' }), sandbox.phones.create({ realm: 'code' })]
  const client = world.client()
  const code = await codeFor(client, phone)
  const linked = await sandbox.phones.enterCode(phone.id, `${code.slice(0, 4)}-${code.slice(4).toLowerCase()}`)
  await client.open()
  const { me, account, advSecretKey } = client.auth.creds
  expect(linked).toEqual({ jid: me?.id, lid: me?.lid, device: 1 })
  expect(account?.deviceSignature).toBeDefined()
  expect(advSecretKey).toHaveLength(44)
  await sendText(client, pnOf(friend), 'out')
  await world.shows(friend, 'out')
  sandbox.phones.send(friend.id, { to: phone.number, text: 'in' })
  await until(() => receivedTexts(client).includes('in'), 'the answer')
  expect(sandbox.stats('code')).toMatchObject({ links: 1, undecryptable: 0, retry_receipts: 0 })
})

test('a wrong code is refused, and the right one still links afterwards', async () => {
  const { sandbox } = world
  const phone = sandbox.phones.create({ realm: 'wrong' })
  const client = world.client()
  const code = await codeFor(client, phone)
  await expect(sandbox.phones.enterCode(phone.id, otherCode(code))).rejects.toMatchObject({ code: 'code-wrong' })
  await expect(sandbox.phones.enterCode(phone.id, 'OOPS')).rejects.toMatchObject({ code: 'code-invalid' })
  await sandbox.phones.enterCode(phone.id, code)
  await client.open()
})

test('a code is good on the phone whose number the client gave, and on no other', async () => {
  const { sandbox } = world
  const [phone, stranger] = [sandbox.phones.create({ realm: 'own' }), sandbox.phones.create({ realm: 'other' })]
  const client = world.client()
  const code = await codeFor(client, phone)
  await expect(sandbox.phones.enterCode(stranger.id, code)).rejects.toMatchObject({ code: 'code-unknown' })
  await sandbox.phones.enterCode(phone.id, code)
  await client.open()
  await expect(sandbox.phones.enterCode(phone.id, code)).rejects.toMatchObject({ code: 'code-expired' })
})

test('a code for a number that no phone has is refused to the client', async () => {
  const client = world.client()
  await client.qr()
  const refused = Promise.withResolvers<unknown>()
  client.socket().ws.once('CB:iq,type:error', (iq) => refused.resolve(iq.content[0].attrs))
  await client.socket().requestPairingCode('999000000000')
  expect(await refused.promise).toEqual({ code: '404', text: 'item-not-found' })
})

test('the phone takes the newest code only, and each is entered by one at a time', async () => {
  const { sandbox } = world
  const phone = sandbox.phones.create({ realm: 'newest' })
  const client = world.client()
  const first = await codeFor(client, phone)
  const second = await ask(client, phone)
  await expect(sandbox.phones.enterCode(phone.id, first)).rejects.toMatchObject({ code: 'code-wrong' })
  const entering = sandbox.phones.enterCode(phone.id, second)
  await expect(sandbox.phones.enterCode(phone.id, second)).rejects.toMatchObject({ code: 'code-used' })
  await entering
  await client.open()
})

test('a client that asked for a code can be linked by its QR code all the same', async () => {
  const { sandbox } = world
  const phone = sandbox.phones.create({ realm: 'either' })
  const client = world.client()
  const qr = await client.qr()
  await ask(client, phone)
  await sandbox.phones.scan(phone.id, qr)
  await client.open()
})

test('a code dies with its connection, and an offline phone cannot enter one', async () => {
  const { sandbox } = world
  const phone = sandbox.phones.create({ realm: 'gone' })
  const client = world.client()
  const code = await codeFor(client, phone)
  sandbox.phones.setOnline(phone.id, false)
  await expect(sandbox.phones.enterCode(phone.id, code)).rejects.toMatchObject({ code: 'phone-offline' })
  sandbox.phones.setOnline(phone.id, true)
  const connections = sandbox.connectionCount()
  client.end()
  await until(() => sandbox.connectionCount() < connections, 'the end of the connection')
  await expect(sandbox.phones.enterCode(phone.id, code)).rejects.toMatchObject({ code: 'code-expired' })
})

test('a code that nobody entered in three minutes is stale', async () => {
  let nowMs = Date.now()
  const config = { host: '127.0.0.1', port: 0, controlToken }
  const sandbox = await createSandbox(config, { now: () => new Date(nowMs) })
  const client = createClient(sandbox.wsUrl)
  const phone = sandbox.phones.create({ realm: 'stale' })
  const code = await codeFor(client, phone)
  nowMs += 181_000
  await expect(sandbox.phones.enterCode(phone.id, code)).rejects.toMatchObject({ code: 'code-expired' })
  client.end()
  await sandbox.close()
})
