import type { Party } from '@wagate/messages/envelope.ts'
import { expect, test } from 'vitest'
import { command, messageId, open, settled, setUp } from '../fakes/sender.ts'
import { apply } from '../log/memory.ts'
import { packMutations } from '../log/packed-keys.ts'

/** A session that is not connected, so that everything waits. */
function waiting() {
  const { sender, memory } = setUp({ connected: false })
  const pending = (chat: Party) => sender.report({ v: 1, chat }).pending ?? []
  return { sender, memory, pending }
}

test('what waits for a chat is told under either of its names, and nothing of other chats', async () => {
  const { sender, memory, pending } = waiting()
  const mutations = packMutations({ 'lid-mapping': { '999100': '7', '7_reverse': '999100' } })
  apply(memory, { kind: 'KEYS', mutations })
  await sender.accept(command(1), open)
  await sender.accept(command(2, '+999200'), open)
  await sender.accept(command(3, '7@lid'), open)
  for (const chat of [{ phone: '+999100' }, { lid: '7@lid' }, { phone: '+999100', lid: '7@lid' }])
    expect(pending(chat).map((message) => message.messageId)).toEqual([messageId(1), messageId(3)])
  expect(pending({ phone: '+999200' })).toEqual([
    {
      messageId: messageId(2),
      state: 'queued',
      to: '+999200',
      content: { type: 'text', text: { body: 'text 2' } },
      acceptedAt: '2026-01-01T00:00:00.000Z',
    },
  ])
  expect(pending({ phone: '+999300' })).toEqual([])
  expect(pending({})).toEqual([])
})

test('what WhatsApp was handed is being sent until it is acknowledged', async () => {
  const { sender, handed } = setUp()
  const states = () => sender.report({ v: 1, chat: { phone: '+999100' } }).pending?.map(({ state }) => state)
  await sender.accept(command(1), open)
  await settled()
  expect(states()).toEqual(['sending'])
  sender.acknowledged(handed[0]?.id ?? '', undefined)
  expect(states()).toEqual([])
})

test('an answer holds the newest, as many as the broker takes in one message', async () => {
  const { sender, pending } = waiting()
  for (let n = 1; n <= 60; n++) await sender.accept(command(n), open)
  const ids = pending({ phone: '+999100' }).map((message) => message.messageId)
  expect(ids).toEqual(Array.from({ length: 50 }, (_, n) => messageId(n + 11)))
  const long = 'x'.repeat(60_000)
  for (let n = 61; n <= 66; n++) {
    const written = command(n)
    await sender.accept(
      { ...written, data: { ...written.data, content: { type: 'text', text: { body: long } } } },
      open,
    )
  }
  const kept = pending({ phone: '+999100' }).map((message) => message.messageId)
  expect(kept).toEqual([63, 64, 65, 66].map(messageId))
})
