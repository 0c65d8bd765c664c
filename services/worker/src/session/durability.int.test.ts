// What may be lost where: unmodified Baileys under our key store, repository and gate, against the sandbox. The owner is
// dropped at a chosen record, as by kill -9, and the next one goes on from what was stored.
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, expect, test } from 'vitest'
import { type Phone, sessionOn, startSandbox } from '../fakes/linked-session.ts'
import type { RecordLabel } from '../log/session-log.ts'

const sandbox = await startSandbox()
afterAll(() => sandbox[Symbol.asyncDispose]())

let realms = 0
async function setUp() {
  realms += 1
  const realm = `realm${realms}`
  const own = await sandbox.createPhone(realm)
  const customer = await sandbox.createPhone(realm)
  const account = sessionOn(sandbox, realm)
  const session = await account.link(own)
  return { realm, own, customer, account, session }
}

/** Stops the writing at the first batch with that label, for good; resolves when it has come to that. */
function crashAt(hook: 'beforeStore' | 'afterStore', label: RecordLabel, account: ReturnType<typeof sessionOn>) {
  const reached = Promise.withResolvers<void>()
  account.subject[hook] = (labels) => {
    if (!labels.has(label)) return Promise.resolve()
    account.subject[hook] = async () => {}
    reached.resolve()
    return new Promise(() => {})
  }
  return reached.promise
}

const textsOn = async (phone: Phone) =>
  (await sandbox.shownOn(phone.id)).filter(({ from_me }) => !from_me).map(({ text }) => text)

test('the next owner logs in without a new scan, and its first message can be read', async () => {
  const { account, session, customer, realm } = await setUp()
  await session.handle(account.send(1, customer.number))
  await waitFor(() => account.published('message.delivered').length === 1)
  await session.drain()

  const next = await account.start()
  await account.connected(next)
  await next.handle(account.send(2, customer.number))
  await waitFor(() => account.published('message.delivered').length === 2)
  expect(await textsOn(customer)).toEqual(['text 1', 'text 2'])
  expect((await sandbox.stats(realm)).undecryptable).toBe(0)
  await next.drain()
})

test('no frame of a message leaves before its intent and its ratchet are stored', async () => {
  const { account, session, customer, realm } = await setUp()
  const crashed = crashAt('beforeStore', 'INTENT', account)
  await session.handle(account.send(1, customer.number))
  await crashed
  expect((await sandbox.stats(realm)).messages_received).toBe(0)
  session.release()
  expect((await sandbox.stats(realm)).messages_received).toBe(0)

  const next = await account.start()
  await waitFor(() => account.published('message.delivered').length === 1)
  expect(await textsOn(customer)).toEqual(['text 1'])
  await next.drain()
})

test('a message whose acknowledgement was lost is shown once, and the one after it can be read', async () => {
  const { account, session, customer, realm } = await setUp()
  const crashed = crashAt('beforeStore', 'ACKED', account)
  await session.handle(account.send(1, customer.number))
  await crashed
  session.release()

  const next = await account.start()
  await account.connected(next)
  await next.handle(account.send(2, customer.number))
  await waitFor(() => account.published('message.sent').length === 2)
  await waitFor(async () => (await textsOn(customer)).length === 2)
  expect(await textsOn(customer)).toEqual(['text 1', 'text 2'])
  const { undecryptable, duplicates_received } = await sandbox.stats(realm)
  expect(undecryptable).toBe(0)
  expect(duplicates_received).toBeLessThanOrEqual(1) // none, if the recipient's receipt comes before the resend
  await next.drain()
})

test('an inbound message is not receipted before it is stored, and is delivered again to the next owner', async () => {
  const { account, session, customer, own, realm } = await setUp()
  const crashed = crashAt('beforeStore', 'INBOX', account)
  const before = (await sandbox.stats(realm)).receipts
  await sandbox.write(customer.id, own.number, 'to nobody yet')
  await crashed
  expect((await sandbox.stats(realm)).receipts - before).toBeLessThanOrEqual(1) // the account's own phone has it
  session.release()
  expect(account.published('message.received')).toEqual([])

  const next = await account.start()
  await waitFor(() => account.published('message.received').length === 1)
  expect(account.published('message.received')[0]?.data).toMatchObject({
    content: { text: { body: 'to nobody yet' } },
    from: { phone: customer.number },
  })
  await next.drain()
})

test('a message stored but not receipted is delivered again, told once, and the next one can be read', async () => {
  const { account, session, customer, own, realm } = await setUp()
  const crashed = crashAt('afterStore', 'INBOX', account)
  await sandbox.write(customer.id, own.number, 'first')
  await crashed
  session.release()

  const next = await account.start()
  await account.connected(next)
  await sandbox.write(customer.id, own.number, 'second')
  await waitFor(() => account.published('message.received').length === 2)
  const texts = account.published('message.received').map(({ data }) => data)
  expect(texts).toMatchObject([{ content: { text: { body: 'first' } } }, { content: { text: { body: 'second' } } }])
  const sequences = account.sequences()
  expect(sequences).toEqual(sequences.map((_, index) => index + 1))
  expect((await sandbox.stats(realm)).undecryptable).toBe(0)
  await next.drain()
})

test('a call is not acknowledged before it is stored, and is told once by the next owner', async () => {
  const { account, session, customer, own } = await setUp()
  const crashed = crashAt('beforeStore', 'STANZA', account)
  const { id } = await sandbox.call(customer.id, own.number)
  await crashed
  session.release()
  expect(account.published('call.offered')).toEqual([])

  const next = await account.start()
  await waitFor(() => account.published('call.offered').length === 1)
  expect(account.published('call.offered')[0]?.data).toMatchObject({
    callId: id,
    from: { phone: customer.number },
    media: 'audio',
  })
  await next.drain()
})

test('a call that was stored and not acknowledged is delivered again, and told once', async () => {
  const { account, session, customer, own } = await setUp()
  const crashed = crashAt('afterStore', 'STANZA', account)
  await sandbox.call(customer.id, own.number)
  await crashed
  session.release()

  const next = await account.start()
  await account.connected(next)
  await sandbox.call(customer.id, own.number)
  await waitFor(() => account.published('call.offered').length === 2)
  const ids = account.published('call.offered').map(({ data }) => data)
  expect(new Set(ids.map((data) => JSON.stringify(data))).size).toBe(2)
  const sequences = account.sequences()
  expect(sequences).toEqual(sequences.map((_, index) => index + 1))
  await next.drain()
})

test('an owner that was fenced sends nothing more, though its socket was open', async () => {
  const { account, session, customer, realm } = await setUp()
  const next = await account.start()
  await account.connected(next)
  const before = (await sandbox.stats(realm)).messages_received
  const outcome = await session.handle(account.send(1, customer.number)).catch(() => 'refused')
  expect(outcome).not.toBe('done')
  expect(session.connected).toBe(false)
  expect((await sandbox.stats(realm)).messages_received).toBe(before)
  await next.drain()
})

test('what is unlinked as somebody asked says so, and linked again by a restart with a new QR string', async () => {
  const { account, session, own, customer } = await setUp()
  const firstQr = account.newestQr()
  await session.handle({ ...account.send(9, own.number), type: 'session.logout', data: {} })
  await waitFor(() => account.published('session.closed').length === 1)
  expect(account.published('session.closed')[0]?.data).toMatchObject({ reason: 'logged_out', requested: true })
  await session.handle(account.send(1, customer.number))
  await waitFor(() => account.published('message.failed').length === 1)

  await session.handle({ ...account.send(2, customer.number), type: 'session.restart', data: {} })
  const qr = await waitFor(() => account.newestQr() !== firstQr && account.newestQr())
  await sandbox.scan(own.id, qr)
  await account.connected(session)
  await session.handle(account.send(3, customer.number))
  await waitFor(() => account.published('message.delivered').length === 1)
  await session.drain()
})
