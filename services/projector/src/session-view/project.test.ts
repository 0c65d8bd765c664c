import type { Event } from '@wagate/messages/events.ts'
import { expect, test } from 'vitest'
import { createStory, stored, timeOf } from '../testing/events.ts'
import { isRepeat, projectSession, type SessionRow } from './project.ts'

const account = { phone: '+999100200300', lid: '12@lid' }

const after = (events: Event[]): SessionRow | undefined =>
  stored(events).reduce<SessionRow | undefined>((row, event) => projectSession(row, event), undefined)

test('a session goes from its creation to connected', () => {
  const story = createStory()
  const row = after([story.created('test'), story.qrIssued(), story.paired(account), story.connected(account)])
  expect(row).toMatchObject({
    status: 'connected',
    mode: 'test',
    account_phone: '+999100200300',
    account_lid: '12@lid',
    created_at: timeOf(0),
    changed_at: timeOf(4),
    sequence: 4,
    first_stream_seq: 1,
    stream_seq: 4,
  })
})

test('a lost connection leads back to connecting once linked, to starting before', () => {
  const linked = createStory()
  expect(after([linked.created(), linked.connected(account), linked.disconnected()])?.status).toBe('connecting')
  const unlinked = createStory()
  expect(after([unlinked.created(), unlinked.qrIssued(), unlinked.disconnected()])?.status).toBe('starting')
})

test('a closed session says why; a new QR clears that and the account', () => {
  const story = createStory()
  const closed = after([story.created(), story.connected(account), story.closed()])
  expect(closed).toMatchObject({ status: 'closed', reason: 'logged_out', account_phone: '+999100200300' })
  const [again] = stored([story.qrIssued()], 4)
  expect(again && projectSession(closed, again)).toMatchObject({
    status: 'awaiting_qr',
    reason: null,
    account_phone: null,
  })
})

test('a quarantined session says why, until it connects again', () => {
  const story = createStory()
  const row = after([story.created(), story.connected(account), story.quarantined()])
  expect(row).toMatchObject({ status: 'quarantined', reason: 'replaced' })
  const [again] = stored([story.connected(account)], 4)
  expect(again && projectSession(row, again)).toMatchObject({ status: 'connected', reason: null })
})

test('a repeated status keeps the time of its first', () => {
  const story = createStory()
  expect(after([story.created(), story.connected(account), story.connected(account)])?.changed_at).toBe(timeOf(2))
})

test('messages count, and change nothing else', () => {
  const story = createStory()
  const before = after([story.created(), story.connected(account)])
  const [message] = stored([story.received('msg_1', { phone: '+999' })], 9)
  expect(message && projectSession(before, message)).toEqual({ ...before, sequence: 3, stream_seq: 9 })
})

test('an event that was folded already is known by its number', () => {
  const story = createStory()
  const events = [story.created(), story.qrIssued()]
  const row = after(events)
  expect(events.map((event) => isRepeat(row, event))).toEqual([true, true])
  expect(isRepeat(row, story.qrIssued())).toBe(false)
  expect(isRepeat(undefined, story.created())).toBe(false)
})

test('a deleted session keeps its row', () => {
  const story = createStory()
  expect(after([story.created(), story.deleted()])).toMatchObject({ status: 'closed', deleted_at: timeOf(2) })
})
