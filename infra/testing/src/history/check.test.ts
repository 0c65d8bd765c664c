import { expect, test } from 'vitest'
import { violations } from './check.ts'
import type { History, SeenEvent } from './history.ts'

const sessionId = 'ses_1'
const event = (sequence: number, type: string, more: Partial<SeenEvent> = {}): SeenEvent => ({
  id: `evt_${sequence}`,
  type,
  sessionId,
  sequence,
  atMs: 1_000 + sequence,
  ...more,
})
const outbound = { messageId: 'msg_1', waMessageId: '3EB0' }
const events = [
  event(1, 'session.connected'),
  event(2, 'message.sent', { ...outbound, text: 'hello' }),
  event(3, 'message.delivered', outbound),
  event(4, 'message.received', { messageId: 'msg_2', waMessageId: 'AA', text: 'hi' }),
]

/** One message each way, and nothing wrong. */
const good: History = {
  accepted: [{ messageId: 'msg_1', sessionId, to: '+9991', text: 'hello', acceptedAtMs: 900 }],
  written: [{ sessionId, from: '+9991', waMessageId: 'AA', text: 'hi' }],
  shown: [{ phone: '+9991', from: '+9992', waMessageId: '3EB0', text: 'hello' }],
  events,
  webhooks: events.map((seen) => ({ webhookId: seen.id, event: seen })),
  appends: [1, 2, 3].map((position) => ({ sessionId, seq: position * 10, epoch: position < 3 ? 1 : 2, position })),
  network: { duplicateIds: [], undecryptable: 0 },
  interruptions: [],
  listed: [
    { messageId: 'msg_1', sessionId, direction: 'outbound', status: 'delivered' },
    { messageId: 'msg_2', sessionId, direction: 'inbound', status: 'received' },
  ],
}
const without = (type: string) => events.filter((seen) => seen.type !== type)
const duplicated = { duplicateIds: ['3EB0'], undecryptable: 0 }

test('a good history breaks no promise, and neither do repeats under the same id', () => {
  expect(violations(good)).toEqual([])
  expect(
    violations({ ...good, events: [...events, ...events], webhooks: [...good.webhooks, ...good.webhooks] }),
  ).toEqual([])
})

test('a log that was purged behind a snapshot begins with no claim', () => {
  const purged = good.appends.slice(1).map((append) => ({ ...append, epoch: 2, atMs: append.position * 10_000 }))
  const frames = [{ sessionId, waMessageId: '3EB0', atMs: 35_000, loggedInAtMs: 5_000 }]
  expect(violations({ ...good, appends: purged, network: { ...good.network, frames } })).toEqual([])
})

test.each<[string, Partial<History>, RegExp]>([
  ['an accepted message without an outcome', { events: without('message.sent') }, /^I1 .*ended with nothing/m],
  [
    'an accepted message with two outcomes',
    { events: [...events, event(5, 'message.failed', outbound)] },
    /^I1 .*message.sent \(2\), message.failed \(5\)/m,
  ],
  ['an outcome of a message that was never accepted', { accepted: [] }, /^I1 .*msg_1 was never accepted/m],
  ['a sent message that nobody sees', { shown: [] }, /^I2 .*nowhere/m],
  ['a message that is seen twice', { shown: [...good.shown, ...good.shown] }, /^I2 /m],
  [
    'a message that is seen under another id',
    { shown: [{ phone: '+9991', from: '', waMessageId: 'B', text: 'hello' }] },
    /^I2 /m,
  ],
  [
    'a message on the wrong phone',
    { shown: [{ phone: '+9993', from: '', waMessageId: '3EB0', text: 'hello' }] },
    /^I2 /m,
  ],
  ['an inbound message that was lost', { events: without('message.received') }, /^I3 .*told 0 times/m],
  [
    'an inbound message that was told twice',
    { events: [...events, event(5, 'message.received', { messageId: 'msg_2', waMessageId: 'AA', text: 'hi' })] },
    /^I3 .*told 2 times/m,
  ],
  [
    'an older owner that still writes',
    { appends: [...good.appends, { sessionId, seq: 40, epoch: 1, position: 4 }] },
    /^I4 /m,
  ],
  ['a hole in the log', { appends: good.appends.filter(({ position }) => position !== 2) }, /^I4 /m],
  [
    'two that wrote as the same epoch',
    { appends: good.appends.map((append, index) => ({ ...append, epoch: 1, term: index < 2 ? 'a' : 'b' })) },
    /^I4 .*a and b both wrote as epoch 1/m,
  ],
  [
    'a frame of a socket that is older than the newest claim',
    {
      appends: good.appends.map((append) => ({ ...append, atMs: append.position * 10_000 })),
      network: {
        ...good.network,
        frames: [{ sessionId, waMessageId: '3EB0', atMs: 35_000, loggedInAtMs: 25_000 }],
      },
    },
    /^I4 .*3EB0 left an older socket after the claim of epoch 2/m,
  ],
  ['a message that cannot be read', { network: { duplicateIds: [], undecryptable: 1 } }, /^I5 /m],
  [
    'a view that lags',
    { listed: good.listed.map((row) => ({ ...row, status: 'sent' })) },
    /^I6 .*its events say delivered/m,
  ],
  ['a view without a message', { listed: [] }, /^I6 .*is not listed/m],
  ['a view with a message twice', { listed: [...good.listed, ...good.listed] }, /^I6 .*listed 2 times/m],
  ['an event without a webhook', { webhooks: good.webhooks.slice(1) }, /^I7 .*missing/m],
  ['a webhook under another id', { webhooks: good.webhooks.map((hook) => ({ ...hook, webhookId: 'x' })) }, /^I7 /m],
  ['an event that is missing', { events: without('message.delivered') }, /^I8 .*message.received 4 .* follows 2/m],
  ['events out of order', { events: events.toReversed() }, /^I8 /m],
  ['a receipt that was lost', { events: without('message.delivered') }, /^what a phone shows/m],
  ['a frame that came twice for no reason', { network: duplicated }, /^only what was unacknowledged/m],
  [
    'a frame that came again although it was acknowledged before the kill',
    { network: duplicated, interruptions: [{ atMs: 1_003 }] },
    /^only what was unacknowledged/m,
  ],
  [
    'a frame that came twice again after one kill',
    { network: { duplicateIds: ['3EB0', '3EB0'], undecryptable: 0 }, interruptions: [{ atMs: 950 }] },
    /came 2 times too often; 1 are explained/,
  ],
])('%s is found', (_, change, expected) => {
  expect(violations({ ...good, ...change }).join('\n')).toMatch(expected)
})

test('a frame may come again when its message was unacknowledged at a kill', () => {
  expect(violations({ ...good, network: duplicated, interruptions: [{ atMs: 950 }] })).toEqual([])
  expect(violations({ ...good, network: duplicated, interruptions: [{ atMs: 950, sessionId: 'ses_2' }] })).not.toEqual(
    [],
  )
})
