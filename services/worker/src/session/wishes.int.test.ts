// What people in an inbox do, as the other side sees it: unmodified Baileys against the sandbox.
import type { ChatState } from '@wagate/messages/envelope.ts'
import { readMessage } from '@wagate/messages/questions.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, expect, test } from 'vitest'
import { sessionOn, startSandbox } from '../fakes/linked-session.ts'

const sandbox = await startSandbox()
afterAll(() => sandbox[Symbol.asyncDispose]())

test('whoever watches a chat is told that its other side types, also after another login', async () => {
  const own = await sandbox.createPhone('watching')
  const [bob, eve] = [await sandbox.createPhone('watching'), await sandbox.createPhone('watching')]
  const account = sessionOn(sandbox, 'watching')
  const session = await account.link(own)
  await sandbox.write(bob.id, own.number, 'hello')
  await sandbox.write(eve.id, own.number, 'hello')
  const received = () => account.published('message.received').map(({ data }) => readMessage.parse(data).chat)
  const ofBob = await waitFor(() => received().find(({ phone }) => phone === bob.number), {
    what: 'the message of Bob',
  })
  const typed = async (count: number, state: ChatState) => {
    session.answer({ v: 1, kind: 'watch', chat: ofBob, chatId: 'cht_bob' })
    // WhatsApp says nothing of what it was told, so the phone types until it is heard.
    await waitFor(async () => {
      await sandbox.type(eve.id, own.number, state)
      await sandbox.type(bob.id, own.number, state)
      return account.notices.length >= count
    })
  }

  await typed(1, 'composing')
  await sandbox.fault({ realm: 'watching', disconnect: true })
  await waitFor(() => account.published('session.connected').length === 2)
  const heard = account.notices.length
  await typed(heard + 1, 'paused')
  const { sessionId } = account.config()
  const told = { v: 1, type: 'chat.typing', sessionId, chatId: 'cht_bob', at: expect.any(String) }
  expect(account.notices.slice(0, heard)).toEqual(Array(heard).fill({ ...told, state: 'composing' }))
  expect(account.notices.slice(heard)).toEqual(Array(account.notices.length - heard).fill({ ...told, state: 'paused' }))
  expect(account.published('message.received')).toHaveLength(2)
  await session.drain()
})

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
