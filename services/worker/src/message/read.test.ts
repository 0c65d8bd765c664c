import { proto, writeRandomPadMax16 } from '@whiskeysockets/baileys'
import { expect, test } from 'vitest'
import { readMessage } from './read.ts'

const nowMs = Date.parse('2026-01-02T00:00:00.000Z')
const account = { party: { phone: '+999100', lid: '77@lid' }, lookup: () => undefined }
const padded = (message: proto.IMessage): Uint8Array => writeRandomPadMax16(proto.Message.encode(message).finish())
const read = (attrs: Record<string, string>, message: proto.IMessage) =>
  readMessage({ id: 'IN1', t: '1767225600', ...attrs }, padded(message), account, nowMs)

test('a text carries both names of its sender, its time and the name that the sender chose', () => {
  expect(read({ from: '88:2@lid', sender_pn: '999200@s.whatsapp.net', notify: 'Ana' }, { conversation: 'hi' })).toEqual(
    {
      waMessageId: 'IN1',
      chat: { phone: '+999200', lid: '88@lid' },
      from: { phone: '+999200', lid: '88@lid' },
      fromMe: false,
      content: { type: 'text', text: { body: 'hi' } },
      pushName: 'Ana',
      at: '2026-01-01T00:00:00.000Z',
    },
  )
})

test.each([
  ['came within its second', 350, '2026-01-01T00:00:00.350Z'],
  ['came in the next one', 1_200, '2026-01-01T00:00:00.999Z'],
  ['came by a clock that is ahead of ours', -400, '2026-01-01T00:00:00.000Z'],
  ['waited for us', 60_000, '2026-01-01T00:00:00.000Z'],
])('a message that %s keeps its second, and as far as it can its order', (_, lateMs, at) => {
  const attrs = { id: 'IN1', from: '88@lid', t: '1767225600' }
  const message = padded({ conversation: 'hi' })
  expect(readMessage(attrs, message, account, 1767225600_000 + lateMs)?.at).toBe(at)
})

test.each<[string, proto.IMessage]>([
  ['a text with formatting', { extendedTextMessage: { text: 'hi' } }],
  ['a disappearing text', { ephemeralMessage: { message: { extendedTextMessage: { text: 'hi' } } } }],
])('%s is a text', (_, message) => {
  expect(read({ from: '88@lid' }, message)?.content).toEqual({ type: 'text', text: { body: 'hi' } })
})

test("what the account's own phone wrote belongs to the chat that it wrote to", () => {
  const message = { deviceSentMessage: { destinationJid: '88@lid', message: { conversation: 'from my phone' } } }
  expect(read({ from: '77@lid', recipient: '88@lid', recipient_pn: '999200@s.whatsapp.net' }, message)).toMatchObject({
    fromMe: true,
    chat: { phone: '+999200', lid: '88@lid' },
    content: { text: { body: 'from my phone' } },
  })
})

test('a kind that this version does not read is named, so that somebody knows of it', () => {
  expect(read({ from: '88@lid' }, { imageMessage: { caption: 'c' } })?.content).toEqual({
    type: 'unsupported',
    unsupported: { kind: 'imageMessage' },
  })
})

test.each<[string, Record<string, string>, proto.IMessage]>([
  ['a key share', { from: '77@lid' }, { protocolMessage: { type: 0 } }],
  ['a peer message', { from: '77@lid', category: 'peer' }, { conversation: 'x' }],
  ['a message to a group', { from: '1-2@g.us', participant: '88@lid' }, { conversation: 'x' }],
  ['a protocol message of somebody', { from: '88@lid' }, { protocolMessage: { type: 0 } }],
  ['an empty message', { from: '88@lid' }, {}],
])('%s is no message to people', (_, attrs, message) => {
  expect(read(attrs, message)).toBeUndefined()
})

test('bytes that are no message, and a time that is none, break nothing', () => {
  expect(readMessage({ id: 'IN1', from: '88@lid' }, Buffer.from([255, 255, 255]), account, nowMs)).toBeUndefined()
  const message = readMessage({ id: 'IN1', from: '88@lid', t: 'soon' }, padded({ conversation: 'hi' }), account, nowMs)
  expect(message?.at).toBe('2026-01-02T00:00:00.000Z')
})
