import { randomBytes } from 'node:crypto'
import { type Message, messagePage } from '@wagate/api/message.ts'
import { makeId, timeOfId } from '@wagate/messages/ids.ts'
import type { PendingMessage } from '@wagate/messages/questions.ts'
import { array, assert, boolean, integer, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'
import type { Position } from '../http/cursor.ts'
import { createCursors, pageOf } from '../http/cursor.ts'
import { presentPending } from '../message/present.ts'
import { withPending } from './pending.ts'

const idAt = (ms: number): string => makeId('message', ms, randomBytes(10))
const chat = { id: 'cht_1', session_id: 'ses_1', phone: '+999100', lid: null }
const pendingOf = (messageId: string): PendingMessage => ({
  messageId,
  state: 'queued',
  to: '+999100',
  content: { type: 'text', text: { body: 'on its way' } },
  acceptedAt: new Date(timeOfId(messageId)).toISOString(),
})

test('page after page, everything is there once and in order, whether it is stored, waits, or both', () => {
  const cursors = createCursors('secret')
  const list = ['ten_A', 'test', 'messages of chat', 'cht_1']
  const each = record({ atMs: integer({ min: 1, max: 40 }), isStored: boolean(), isPending: boolean() })
  assert(
    property(array(each, { maxLength: 30 }), integer({ min: 1, max: 7 }), (specs, limit) => {
      const all = specs.map((spec) => ({
        ...spec,
        message: presentPending(chat, pendingOf(idAt(spec.atMs))),
      }))
      const stored = all.filter(({ isStored }) => isStored).map(({ message }) => message)
      const pending = all.filter(({ isPending }) => isPending).map(({ message }) => message)
      const newestFirst = (messages: Message[]) => messages.toSorted((one, other) => (one.id < other.id ? 1 : -1))
      const read = (after: Position | undefined) =>
        newestFirst(stored)
          .filter(({ id }) => after === undefined || id < after.id)
          .slice(0, limit + 1)
          .map((item) => ({ item, position: { key: item.created_at, id: item.id } }))
      const shown: string[] = []
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const after = cursor === undefined ? undefined : cursors.decode(list, cursor)
        const page = pageOf(withPending(read(after), pending, after), limit, { cursors, list })
        expect(page.data.length).toBeLessThanOrEqual(limit)
        shown.push(...page.data.map(({ id }) => id))
        cursor = page.next_cursor
      }
      const known = all.filter(({ isStored, isPending }) => isStored || isPending).map(({ message }) => message)
      expect(shown).toEqual(newestFirst(known).map(({ id }) => id))
    }),
  )
})

test('a chat shows what was written to it and waits, and is listed as stored when no engine answers', async () => {
  const pending = [pendingOf(idAt(Date.parse('2100-01-01T00:00:00Z')))]
  const asked: unknown[] = []
  let isHosted = true
  const { ours, request } = await createWorld({
    askQueue: async (session, about) => {
      asked.push([session.sessionId, about])
      return isHosted ? { v: 1, depth: { high: 0, normal: 1, bulk: 0 }, pending } : undefined
    },
  })
  const path = `/v1/chats/${ours.params.chat_id}/messages`
  const read = async () => messagePage.parse(await (await request(ours.key, 'GET', path)).json()).data
  const [first, ...others] = await read()
  expect(first).toMatchObject({
    id: pending[0]?.messageId,
    chat_id: ours.params.chat_id,
    status: 'queued',
    queue: null,
    direction: 'outbound',
    chat: { phone: '+999100200300', lid: null },
    text: { body: 'on its way' },
  })
  expect(asked).toEqual([[ours.params.session_id, { chat: { phone: '+999100200300' } }]])
  isHosted = false
  expect(await read()).toEqual(others)
})
