// What happens to a session that WhatsApp sends away, with unmodified Baileys against the sandbox.
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, expect, test } from 'vitest'
import { sessionOn, startSandbox } from '../fakes/linked-session.ts'

const sandbox = await startSandbox()
afterAll(() => sandbox[Symbol.asyncDispose]())

async function setUp(realm: string) {
  const own = await sandbox.createPhone(realm)
  const customer = await sandbox.createPhone(realm)
  const account = sessionOn(sandbox, realm)
  const session = await account.link(own)
  return { own, customer, account, session }
}

test('a banned session is left alone by the next owner too, keeps what it has to send, and sends it after a restart', async () => {
  const { customer, account, session } = await setUp('banned')
  await sandbox.fault({ realm: 'banned', refuse_logins: 402, disconnect: true })
  await waitFor(() => account.published('session.quarantined').length === 1)
  expect(account.published('session.quarantined')[0]?.data).toMatchObject({ reason: 'temporarily_banned', code: 402 })
  expect(account.state()).toMatchObject({ status: 'quarantined', quarantine: { reason: 'temporarily_banned' } })
  await session.handle(account.send(1, customer.number))
  session.release()

  const refused = (await sandbox.stats('banned')).logins_refused
  await sandbox.fault({ realm: 'banned', refuse_logins: null })
  const next = await account.start()
  await waitFor(() => account.state()?.status === 'quarantined', { what: 'the quarantine to be kept' })
  expect(next.connected).toBe(false)
  expect((await sandbox.stats('banned')).logins_refused).toBe(refused)
  expect(account.published('message.failed')).toEqual([])

  await next.handle({ ...account.send(2, customer.number), type: 'session.restart', data: {} })
  await waitFor(() => account.published('message.delivered').length === 1)
  expect(account.state()).toMatchObject({ status: 'connected' })
  expect(account.state()?.quarantine).toBeUndefined()
  await next.drain()
})

test('credentials that another connection uses again and again end in a quarantine, and are still good afterwards', async () => {
  const { customer, account, session } = await setUp('replaced')
  for (let n = 1; n <= 3; n++) {
    await account.connected(session)
    await sandbox.fault({ realm: 'replaced', fail: 440 })
    await waitFor(() => !session.connected)
  }
  await waitFor(() => account.published('session.quarantined').length === 1)
  expect(account.published('session.disconnected')).toHaveLength(3)
  expect(account.published('session.quarantined')[0]?.data).toMatchObject({ reason: 'replaced', code: 440 })

  await session.handle({ ...account.send(1, customer.number), type: 'session.restart', data: {} })
  await account.connected(session)
  await session.handle(account.send(2, customer.number))
  await waitFor(() => account.published('message.delivered').length === 1)
  await session.drain()
})

test('a refused version closes nothing and loses no credentials: the session waits and logs in when it may', async () => {
  const { account, session, customer } = await setUp('outdated')
  await sandbox.fault({ realm: 'outdated', refuse_logins: 405, disconnect: true })
  await waitFor(() => account.published('session.quarantined').length === 1)
  expect(account.state()).toMatchObject({ status: 'quarantined', quarantine: { reason: 'outdated' } })
  session.release()

  await sandbox.fault({ realm: 'outdated', refuse_logins: null })
  const next = await account.start() // with a newer version, as it were
  await account.connected(next)
  await next.handle(account.send(1, customer.number))
  await waitFor(() => account.published('message.delivered').length === 1)
  await next.drain()
})
