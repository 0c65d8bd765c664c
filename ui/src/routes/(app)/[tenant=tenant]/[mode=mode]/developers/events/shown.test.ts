import { expect, test } from 'vitest'
import { shownOf, withoutContents } from './shown.ts'

test('what people wrote and who they are is hidden, however deep, and the rest is shown', () => {
  const data = {
    message_id: 'msg_1',
    chat: { phone: '+15551234567', lid: null },
    text: { body: 'a secret' },
    push_name: 'Ada',
    parts: [{ body: 'another' }],
    at: '2026-11-20T10:00:00.000Z',
  }
  expect(withoutContents(data)).toEqual({
    message_id: 'msg_1',
    chat: { phone: '•••', lid: null },
    text: { body: '•••' },
    push_name: '•••',
    parts: [{ body: '•••' }],
    at: '2026-11-20T10:00:00.000Z',
  })
})

test('an event is shown with when it was, of what and where', () => {
  const body = { id: 'evt_1', type: 'message.sent', timestamp: 'now', session_id: 'ses_1', data: {} }
  expect(shownOf({ id: '7', type: 'message.sent', data: JSON.stringify(body) })).toMatchObject({
    id: '7',
    eventId: 'evt_1',
    at: 'now',
    sessionId: 'ses_1',
  })
  expect(shownOf({ id: '7', type: 'x', data: '1' })).toBeUndefined()
})
