import type { EventStreamOptions, StreamedEvent } from '@wagate/api/client.ts'
import { expect, test } from 'vitest'
import { followEvents } from './feed.ts'

const at = '2026-11-20T10:00:00.000Z'
const receipt = (type: 'message.delivered' | 'message.read', messageId: string): StreamedEvent => ({
  id: '1',
  type,
  data: {
    type,
    timestamp: at,
    id: 'evt_1',
    tenant_id: 'ten_1',
    session_id: 'ses_1',
    sequence: 1,
    data: { message_id: messageId, wa_message_id: '3EB0', chat: { phone: null, lid: null }, at },
  },
})

/** A stream that is written to by hand. */
function stream() {
  const queue: (StreamedEvent | Error)[] = []
  let wake = Promise.withResolvers<void>()
  async function* events({ onOpen }: EventStreamOptions) {
    onOpen?.()
    for (;;) {
      const next = queue.shift()
      if (next instanceof Error) throw next
      if (next) yield next
      else await wake.promise
    }
  }
  const give = (item: StreamedEvent | Error) => {
    queue.push(item)
    wake.resolve()
    wake = Promise.withResolvers()
  }
  let ms = 0
  const feed = followEvents({ events, signal: new AbortController().signal, monotonicMs: () => ++ms })
  return { feed, give }
}

const soon = () => AbortSignal.timeout(5_000)

test('an event that came before anybody waited for it is found, with the time of its arrival', async () => {
  const { feed, give } = stream()
  await feed.opened
  give(receipt('message.delivered', 'msg_1'))
  give(receipt('message.read', 'msg_1'))
  const read = await feed.next('message.read', () => true, soon())
  const delivered = await feed.next('message.delivered', ({ data }) => data.message_id === 'msg_1', soon())
  expect(delivered.atMs).toBeLessThan(read.atMs)
  expect(feed.seen()).toEqual(['message.delivered', 'message.read'])
})

test('an event of another message is not taken for the one that is waited for', async () => {
  const { feed, give } = stream()
  const wanted = feed.next('message.read', ({ data }) => data.message_id === 'msg_2', soon())
  give(receipt('message.read', 'msg_1'))
  give(receipt('message.read', 'msg_2'))
  expect((await wanted).data.data.message_id).toBe('msg_2')
})

test('a stream that is refused fails whoever waits, with the reason', async () => {
  const { feed, give } = stream()
  const waiting = feed.next('message.read', () => true, soon())
  give(new Error('401 api-key-invalid'))
  await expect(waiting).rejects.toThrow('401 api-key-invalid')
  await expect(feed.next('message.read', () => true, soon())).rejects.toThrow('401 api-key-invalid')
})

test('an event that does not come is missed at the deadline', async () => {
  const { feed } = stream()
  await expect(feed.next('message.read', () => true, AbortSignal.timeout(10))).rejects.toThrow('no event message.read')
})
