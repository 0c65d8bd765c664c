import type { Event } from '@wagate/messages/events.ts'
import { expect, test } from 'vitest'
import { openChats } from '../chat-view/project.ts'
import { fold } from '../fold.ts'
import { createStory, messageIdOf } from '../testing/events.ts'

const account = { phone: '+999100200300' }

/** What the events, in this order, tell of their one session. */
function told(events: readonly Event[]) {
  const { timeline } = fold(
    events.map((event, index) => ({ seq: index + 1, event })),
    new Map(),
    openChats([]),
  )
  return [...timeline.values()].flatMap(({ rows }) => rows)
}
const short = (events: readonly Event[]) =>
  told(events).map(({ type, reason }) => (reason ? `${type}: ${reason}` : type))

test('a life is told from the first QR code to the logout, without what repeats itself', () => {
  const one = createStory()
  expect(
    short([
      one.created(),
      one.qrIssued(),
      one.qrIssued(),
      one.codeIssued(),
      one.paired(account),
      one.connected(account),
      one.disconnected(1_001),
      one.connected(account, { proxyFailedSince: one.created().time }),
      one.disconnected(77),
      one.quarantined('replaced'),
      one.closed('logged_out'),
      one.qrIssued(),
    ]),
  ).toEqual([
    ...['created', 'qr_shown', 'code_shown', 'linked', 'connected', 'disconnected: proxy_failed', 'proxy_recovered'],
    ...['connected', 'disconnected: unknown', 'paused: replaced', 'closed: logged_out', 'qr_shown'],
  ])
})

test('a move is told once, when it is over, with its cause and how long nobody had the session', () => {
  const one = createStory()
  const takeover = { since: '2026-11-20T09:59:57.000Z', cause: 'lost' as const }
  const rows = told([one.created(), one.quarantined('crash_loop', { takeover }), one.connected(account, { takeover })])
  expect(rows.map(({ type }) => type)).toEqual(['created', 'paused', 'moved', 'connected'])
  expect(rows[2]).toMatchObject({ reason: 'lost', detail: { since: takeover.since, gap_ms: 3_003 } })
  expect(rows.slice(2).map(({ sequence, part }) => [sequence, part])).toEqual([
    [3, 0],
    [3, 1],
  ])
})

test('a logout that was asked for is told apart from one by the phone', () => {
  const one = createStory()
  const asked = one.closed('logged_out')
  if (asked.type !== 'session.closed') throw new Error('a test that tests nothing')
  expect(short([{ ...asked, data: { ...asked.data, requested: true } }])).toEqual(['closed: logged_out_as_asked'])
})

test('messages tell nothing, a second copy tells nothing, and what is deleted leaves nothing', () => {
  const one = createStory()
  const created = one.created()
  expect(short([created, created, one.sent(messageIdOf(1), account)])).toEqual(['created'])
  expect(short([created, one.connected(account), one.deleted()])).toEqual([])
})
