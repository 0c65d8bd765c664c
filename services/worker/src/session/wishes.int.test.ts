// What people in an inbox do, as the other side sees it: unmodified Baileys against the sandbox.
import { readMessage } from '@wagate/messages/questions.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, expect, test } from 'vitest'
import { sessionOn, startSandbox } from '../fakes/linked-session.ts'

const sandbox = await startSandbox()
afterAll(() => sandbox[Symbol.asyncDispose]())

test('a phone sees that its messages were read and that somebody types, and the log knows nothing of it', async () => {
  const own = await sandbox.createPhone('inbox')
  const bob = await sandbox.createPhone('inbox')
  const account = sessionOn(sandbox, 'inbox')
  const session = await account.link(own)
  await sandbox.write(bob.id, own.number, 'one')
  await sandbox.write(bob.id, own.number, 'two')
  const received = () => account.published('message.received')
  await waitFor(() => received().length === 2)
  await waitFor(async () => (await sandbox.shownOn(bob.id)).every(({ status }) => status === 'delivered'))
  const before = account.subject.messages.length

  const [first, second] = received().map(({ data }) => readMessage.parse(data))
  if (!first || !second) throw new Error('not received')
  session.answer({ v: 1, kind: 'read', messages: [first] })
  const statuses = async () => (await sandbox.shownOn(bob.id)).map(({ status }) => status)
  await waitFor(async () => (await statuses()).includes('read'))
  expect(await statuses()).toEqual(['read', 'delivered'])

  session.answer({ v: 1, kind: 'typing', chat: first.chat, state: 'composing' })
  await waitFor(async () => (await sandbox.typingTo(bob.id)).includes(own.number))
  session.pause()
  session.answer({ v: 1, kind: 'read', messages: [second] })
  session.resume()
  session.answer({ v: 1, kind: 'typing', chat: first.chat, state: 'paused' })
  await waitFor(async () => (await sandbox.typingTo(bob.id)).length === 0)
  expect(await statuses()).toEqual(['read', 'delivered'])
  expect(account.subject.messages.length).toBe(before)
  await session.drain()
  expect(session.answer({ v: 1, kind: 'read', messages: [second] })).toBeUndefined()
})
