import { expect, test } from 'vitest'
import { brokerBetween, parseJsz } from './broker.ts'

const stream = (name: string, last_seq: number, bytes: number, waiting: [number, number][] = []) => ({
  name,
  state: { last_seq, messages: 1, bytes },
  consumer_detail: waiting.map(([num_pending, num_ack_pending]) => ({ num_pending, num_ack_pending })),
})

test('what a consumer has not got and what it has not acknowledged is unsettled', () => {
  const reading = parseJsz({
    account_details: [
      {
        stream_detail: [
          stream('EVENTS', 9, 0, [
            [2, 1],
            [0, 4],
          ]),
        ],
      },
    ],
  })
  expect(reading.unsettled).toBe(7)
})

test('writes are told by stream, and those of the clock apart', () => {
  const before = parseJsz({
    account_details: [
      { stream_detail: [stream('COMMANDS', 10, 0), stream('EVENTS', 5, 500), stream('KV_leases', 100, 10)] },
    ],
  })
  const after = parseJsz({
    account_details: [
      {
        stream_detail: [
          stream('COMMANDS', 14, 0),
          stream('EVENTS', 9, 900),
          stream('KV_leases', 130, 10),
          stream('KV_hosted', 2, 10),
          stream('KV_instances', 3, 10),
          stream('KV_tenants', 0, 0),
        ],
      },
    ],
  })
  expect(brokerBetween(before, after, 300)).toEqual({
    writes: { COMMANDS: 4, EVENTS: 4 },
    bytes: { COMMANDS: 1_200, EVENTS: 400 },
    backgroundWrites: 35,
  })
})
