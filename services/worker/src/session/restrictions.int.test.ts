// What WhatsApp tells an account about itself, with unmodified Baileys against the sandbox.
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, expect, test } from 'vitest'
import { sessionOn, startSandbox } from '../fakes/linked-session.ts'

const sandbox = await startSandbox()
afterAll(() => sandbox[Symbol.asyncDispose]())

test('a lock on new chats is told at once, known to the next owner, and told again when it is lifted', async () => {
  const own = await sandbox.createPhone('locked')
  const account = sessionOn(sandbox, 'locked')
  const session = await account.link(own)
  expect(account.state()?.health?.restrictions).toEqual([])

  await sandbox.fault({ realm: 'locked', time_lock_seconds: 3_600 })
  await waitFor(() => account.published('session.restricted').length === 1)
  expect(account.published('session.restricted')[0]?.data).toMatchObject({
    restriction: 'time_lock',
    detail: 'WEB_COMPANION_ONLY',
  })
  expect(account.state()?.health?.restrictions).toMatchObject([{ kind: 'time_lock' }])
  session.release()

  const next = await account.start()
  await account.connected(next)
  expect(account.state()?.health?.restrictions).toMatchObject([{ kind: 'time_lock' }])
  await sandbox.fault({ realm: 'locked', time_lock_seconds: null })
  await waitFor(() => account.published('session.unrestricted').length === 1)
  expect(account.state()?.health?.restrictions).toEqual([])
  expect(account.published('session.restricted')).toHaveLength(1) // asked again at the login, it was the same
  await next.drain()
})

test('while the lock lasts a message to a stranger waits, one to somebody known does not, and it goes when the lock is lifted', async () => {
  const own = await sandbox.createPhone('held')
  const known = await sandbox.createPhone('held')
  const stranger = await sandbox.createPhone('held')
  const account = sessionOn(sandbox, 'held')
  const session = await account.link(own)
  await sandbox.write(known.id, own.number, 'hello')
  await waitFor(() => account.published('message.received').length === 1)
  await sandbox.fault({ realm: 'held', time_lock_seconds: 3_600 })
  await waitFor(() => account.published('session.restricted').length === 1)

  await session.handle(account.send(1, stranger.number))
  await session.handle(account.send(2, known.number))
  const sentTo = () => account.published('message.sent').map(({ data }) => 'chat' in data && data.chat.phone)
  await waitFor(() => sentTo().length === 1)
  expect(sentTo()).toEqual([known.number])
  expect(session.queued).toBe(1)
  await sandbox.fault({ realm: 'held', time_lock_seconds: null })
  await waitFor(() => sentTo().length === 2)
  expect(sentTo()).toEqual([known.number, stranger.number])
  await session.drain()
})

test('a stranger who writes while the lock lasts gets what waits for them', async () => {
  const own = await sandbox.createPhone('answered')
  const stranger = await sandbox.createPhone('answered')
  const account = sessionOn(sandbox, 'answered')
  const session = await account.link(own)
  await sandbox.fault({ realm: 'answered', time_lock_seconds: 3_600 })
  await waitFor(() => account.published('session.restricted').length === 1)
  await session.handle(account.send(1, stranger.number))
  expect(session.queued).toBe(1)
  await sandbox.write(stranger.id, own.number, 'hello')
  await waitFor(() => account.published('message.sent').length === 1)
  await session.drain()
})

test('a lock that came while nobody was connected is found at the next login', async () => {
  const own = await sandbox.createPhone('away')
  const account = sessionOn(sandbox, 'away')
  const session = await account.link(own)
  await session.drain()
  await sandbox.fault({ realm: 'away', time_lock_seconds: 3_600 })
  const next = await account.start()
  await waitFor(() => account.published('session.restricted').length === 1)
  await next.drain()
})

test('a session that is asked how it fares says so', async () => {
  const own = await sandbox.createPhone('asked')
  const account = sessionOn(sandbox, 'asked')
  const session = await account.link(own)
  const before = account.state()?.health?.checkedAt
  await session.handle({ ...account.send(1, '+999'), type: 'session.check', data: {} })
  const health = account.state()?.health
  expect(health?.checkedAt).not.toBe(before)
  expect(health).toMatchObject({
    owner: 'test',
    queued: 0,
    unacknowledged: 0,
    version: expect.stringMatching(/^2\.3000\./),
  })
  expect(Date.parse(health?.lastFrameAt ?? '')).toBeGreaterThan(Date.now() - 60_000)
  await session.drain()
})
