import { expect, test } from 'vitest'
import { parseDelivery, parseHeaderBlock } from './nats-message.ts'

const time = new Date('2026-11-20T12:00:00.123Z')
const ns = `${time.getTime()}456789`

test('the position of a delivery is read from both layouts of the reply subject', () => {
  const expected = { deliveryCount: 2, streamSeq: 100, consumerSeq: 7, time, pending: 41 }
  expect(parseDelivery(`$JS.ACK.COMMANDS.worker-s1.2.100.7.${ns}.41`)).toEqual(expected)
  expect(parseDelivery(`$JS.ACK._.acchash.COMMANDS.worker-s1.2.100.7.${ns}.41.rnd`)).toEqual(expected)
  expect(parseDelivery(`$JS.ACK._.acchash.COMMANDS.worker-s1.2.100.7.${ns}.41`)).toEqual(expected)
})

test.each(['', '_INBOX.abc.1', '$JS.ACK.COMMANDS', '$JS.FC.x', '$JS.ACK.a.b.1.2.3.now.4'])(
  '%j is no delivery',
  (reply) => {
    expect(parseDelivery(reply)).toBeUndefined()
  },
)

test('a header block is read, the first value of a name wins', () => {
  const block = 'NATS/1.0\r\nNats-Msg-Id: a:b\r\nX:1\r\nX: 2\r\n\r\n'
  expect(parseHeaderBlock(Buffer.from(block).toString('base64'))).toEqual({ 'Nats-Msg-Id': 'a:b', X: '1' })
  expect(parseHeaderBlock(undefined)).toEqual({})
})
