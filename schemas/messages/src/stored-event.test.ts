import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Event, parseEvent } from './events.ts'
import { parseStoredEvent } from './stored-event.ts'
import { eventSubject, shardOf } from './subjects.ts'

const data = readFileSync(new URL('../fixtures/events/message.received.json', import.meta.url))
const parsed = parseEvent(data)
if (!parsed.ok) throw new Error(parsed.reason)
const event: Event = parsed.event
const subject = eventSubject(event, event.type)
const [root, shard, tenantId, sessionId, entity, past] = subject.split('.')

test('an event is read under its own subject', () => {
  expect(parseStoredEvent({ subject, data })).toEqual({ ok: true, event })
})

test.each([
  ["another tenant's", [root, shard, 'ten_another', sessionId, entity, past]],
  ["another session's", [root, shardOf('ses_another'), tenantId, 'ses_another', entity, past]],
  ["another shard's", [root, String((Number(shard) + 1) % 16), tenantId, sessionId, entity, past]],
  ["another type's", [root, shard, tenantId, sessionId, entity, 'sent']],
  ['no event at all', ['cmd', shard, tenantId, sessionId, entity, past]],
])('under a subject that is %s it is refused', (_, tokens) => {
  expect(parseStoredEvent({ subject: tokens.join('.'), data })).toEqual({
    ok: false,
    reason: 'the subject and the envelope disagree',
  })
})

test('what is no event is refused for that reason', () => {
  expect(parseStoredEvent({ subject, data: Buffer.from('{}') })).toMatchObject({
    ok: false,
    reason: expect.stringContaining('type'),
  })
})
