import { sendMessage } from '@wagate/api/message.ts'
import { expect, test } from 'vitest'
import { explain } from './explain.ts'

const good = { to: '+999100200300', type: 'text', text: { body: 'hi' } }

test.each<[string, unknown, { path: string; message: string }]>([
  ['a list', [], { path: '', message: 'Send a JSON object as the body.' }],
  ['text for an object', { ...good, text: 'hi' }, { path: 'text', message: 'Write an object here.' }],
  ['a missing field', { ...good, text: {} }, { path: 'text.body', message: 'This field is missing: add it.' }],
  [
    'a number for text',
    { ...good, text: { body: 7 } },
    { path: 'text.body', message: 'Write the text of the message.' },
  ],
  ['an unknown field', { ...good, cc: 1 }, { path: 'cc', message: 'This field is not known here: remove it.' }],
])('%s is explained in words that say what to change', (_, body, expected) => {
  const { error } = sendMessage.safeParse(body)
  expect(error && explain(error, body)).toEqual([expected])
})
