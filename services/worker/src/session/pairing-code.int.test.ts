// Linking by code: unmodified Baileys in our session, against the sandbox.
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, expect, test } from 'vitest'
import { sessionOn, startSandbox } from '../fakes/linked-session.ts'
import { openBatch } from '../log/codec.ts'

const sandbox = await startSandbox()
afterAll(() => sandbox[Symbol.asyncDispose]())

let realms = 0
async function setUp() {
  realms += 1
  const realm = `code${realms}`
  const [own, customer] = [await sandbox.createPhone(realm), await sandbox.createPhone(realm)]
  return { realm, own, customer, account: sessionOn(sandbox, realm) }
}
type Account = ReturnType<typeof sessionOn>
const codeOf = (account: Account, commandId: string) =>
  waitFor(() => account.shown()?.code?.commandId === commandId && account.shown()?.code, { what: 'a code' })

test('a session is linked by a code that is asked for before there is a socket, once, and sends', async () => {
  const { account, own, customer, realm } = await setUp()
  const session = await account.start()
  await session.handle(account.requestCode(1, own.number))
  const { code } = await codeOf(account, 'cmd_1')
  expect(account.shown()?.qr).toBeDefined()
  await sandbox.enterCode(own.id, code)
  await account.connected(session)
  expect(account.shown()).toBeUndefined()
  await session.handle(account.send(2, customer.number))
  await waitFor(() => account.published('message.delivered').length === 1)
  expect((await sandbox.stats(realm)).undecryptable).toBe(0)
  expect(account.published('session.paired')).toHaveLength(1)
  expect(account.published('session.code_issued')).toHaveLength(1)
  await session.drain()

  const next = await account.start()
  await account.connected(next)
  await next.drain()
})

test('an owner that dies while a code waits is followed by one that shows another, and that links', async () => {
  const { account, own } = await setUp()
  const session = await account.start()
  await session.handle(account.requestCode(1, own.number))
  const first = await codeOf(account, 'cmd_1')
  session.release()

  const next = await account.start()
  const second = await waitFor(
    () => {
      const { code } = account.shown() ?? {}
      return code && code.code !== first.code && code
    },
    { what: 'another code' },
  )
  expect(second.commandId).toBe('cmd_1')
  await sandbox.enterCode(own.id, second.code)
  await account.connected(next)
  expect(account.published('session.paired')).toHaveLength(1)
  await next.drain()
})

test('a session that asked for a code and was not linked logs in as nobody, and links by its QR code', async () => {
  const { account, own } = await setUp()
  const session = await account.start()
  await session.handle(account.requestCode(1, own.number))
  await codeOf(account, 'cmd_1')
  const before = account.newestQr()
  await session.handle({ ...account.requestCode(2, own.number), type: 'session.restart', data: {} })
  const qr = await waitFor(() => account.newestQr() !== before && account.newestQr(), { what: 'another QR string' })
  await sandbox.scan(own.id, qr)
  await account.connected(session)
  await session.drain()
})

test('a wrong code links nothing and withdraws the QR string; the right one links', async () => {
  const { account, own } = await setUp()
  const session = await account.start()
  await session.handle(account.requestCode(1, own.number))
  const { code } = await codeOf(account, 'cmd_1')
  const wrong = (code.startsWith('A') ? 'B' : 'A') + code.slice(1)
  await expect(sandbox.enterCode(own.id, wrong)).rejects.toThrow('422')
  expect(account.shown()?.qr).toBeUndefined()
  await sandbox.enterCode(own.id, code)
  await account.connected(session)
  await session.drain()
})

test('a number that WhatsApp does not know is refused, and the QR code goes on', async () => {
  const { account, own } = await setUp()
  const session = await account.start()
  await session.handle(account.requestCode(1, '+999000000000'))
  const { refusal } = await waitFor(() => account.shown()?.refusal && account.shown(), { what: 'a refusal' })
  expect(refusal).toMatchObject({ commandId: 'cmd_1', reason: 'number' })
  await sandbox.scan(own.id, account.shown()?.qr ?? '')
  await account.connected(session)
  await session.drain()
})

test('no code is ever in the log', async () => {
  const { account, own } = await setUp()
  const session = await account.start()
  await session.handle(account.requestCode(1, own.number))
  const { code } = await codeOf(account, 'cmd_1')
  await sandbox.enterCode(own.id, code)
  await account.connected(session)
  await session.drain()
  const { cipher } = account.takeover()
  const records = account.subject.messages.flatMap(({ data }) => openBatch(cipher, data).batch.records)
  expect(records.map(({ kind }) => kind)).toContain('CODE_REQUESTED')
  for (const record of records) {
    expect(JSON.stringify(record)).not.toContain(code)
    if (record.kind === 'KEYS') expect(Buffer.from(record.creds ?? []).toString()).not.toContain(code)
  }
})
