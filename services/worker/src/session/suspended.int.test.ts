// A session whose tenant is suspended, with unmodified Baileys against the sandbox.
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, expect, test } from 'vitest'
import { sessionOn, startSandbox } from '../fakes/linked-session.ts'

const sandbox = await startSandbox()
afterAll(() => sandbox[Symbol.asyncDispose]())

test('while its tenant is suspended a session sends nothing, receives everything and stays linked, under its next owner too; then each message goes once', async () => {
  const [own, other] = [await sandbox.createPhone('paused'), await sandbox.createPhone('paused')]
  const account = sessionOn(sandbox, 'paused')
  const session = await account.link(own)
  await session.handle(account.send(1, other.number))
  await waitFor(() => account.published('message.sent').length === 1)

  account.suspend(true)
  await session.handle(account.send(2, other.number))
  await session.handle(account.send(3, other.number))
  await sandbox.write(other.id, own.number, 'hello')
  await waitFor(() => account.published('message.received').length === 1)
  expect(session.queued).toBe(2)
  session.release()

  const next = await account.start()
  await account.connected(next)
  await sandbox.write(other.id, own.number, 'are you there?')
  await waitFor(() => account.published('message.received').length === 2)
  expect([next.queued, account.published('message.sent').length]).toEqual([2, 1])
  expect((await sandbox.stats('paused')).unlinks).toBe(0)

  account.suspend(false)
  next.activate()
  await waitFor(() => account.published('message.sent').length === 3)
  await waitFor(async () => (await sandbox.shownOn(other.id)).filter(({ from_me: mine }) => !mine).length === 3)
  const shown = (await sandbox.shownOn(other.id)).filter(({ from_me: mine }) => !mine)
  expect(shown.map(({ text }) => text)).toEqual(['text 1', 'text 2', 'text 3'])
  expect((await sandbox.stats('paused')).duplicates_received).toBe(0)
  await next.drain()
})

test('a message that waits while its tenant is suspended still expires, and can still be cancelled', async () => {
  const [own, other] = [await sandbox.createPhone('waiting'), await sandbox.createPhone('waiting')]
  const account = sessionOn(sandbox, 'waiting')
  const session = await account.link(own)
  account.suspend(true)
  const command = account.send(1, other.number)
  if (command.type !== 'message.send') throw new Error('it sends')
  const expiresAt = new Date(Date.now() + 300).toISOString()
  await session.handle({ ...command, data: { ...command.data, expiresAt } })
  await waitFor(() => account.published('message.expired').length === 1)
  const second = '2'.padStart(26, '0')
  await session.handle({ ...account.send(2, other.number), id: `cmd_${second}` })
  await session.handle({
    ...command,
    id: 'cmd_3',
    type: 'message.cancel',
    data: { messageId: `msg_${second}` },
  })
  await waitFor(() => account.published('message.cancelled').length === 1)
  expect(account.published('message.sent')).toEqual([])
  await session.drain()
})
