import { startNats } from '@wagate/testing/nats.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { bytes, testBroker } from './testing/broker.ts'

test('a stream and its consumers tell what they hold, what waits and what was settled', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const empty = await broker.streamState('COMMANDS')
  expect(empty).toMatchObject({ messages: 0, lastSeq: 0, replicas: 1, maxAgeMs: 0 })
  expect(empty.firstAt).toBeUndefined()
  for (const n of [1, 2, 3]) await broker.publish('cmd.s1.t.s.message.send', bytes(String(n)))
  const held = await broker.streamState('COMMANDS')
  expect(held).toMatchObject({ messages: 3, firstSeq: 1, lastSeq: 3 })
  expect(held.firstAt?.getTime()).toBeLessThanOrEqual(held.lastAt?.getTime() ?? 0)
  const worker = async () => (await broker.consumerStates('COMMANDS', 100)).find(({ name }) => name === 'worker-s1')
  expect(await worker()).toMatchObject({ durable: true, filter: 'cmd.s1.>', pending: 3, ackPending: 0, settledSeq: 0 })
  const consumption = await broker.consume({
    ...{ stream: 'COMMANDS', consumer: 'worker-s1', maxInFlight: 1 },
    handle: async ({ seq }) => (seq < 3 ? { kind: 'done' } : { kind: 'later', afterMs: 60_000, reason: 'not now' }),
  })
  await waitFor(async () => (await worker())?.settledSeq === 2)
  expect(await worker()).toMatchObject({ pending: 0, ackPending: 1, settledAt: expect.any(Date) })
  await consumption.close()
  expect(await broker.streamState('EVENTS')).toMatchObject({ maxAgeMs: 30 * 86_400_000 })
  expect(await broker.streamState('KV_failovers')).toMatchObject({ maxMessages: 10_000 })
  expect(await broker.consumerStates('COMMANDS', 2)).toHaveLength(2)
})

test('what is stored can be read between two positions', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  for (const n of [1, 2, 3, 4, 5]) await broker.publish('dlq.COMMANDS.worker-s1', bytes(String(n)))
  const read = await Array.fromAsync(broker.readSubject('DEAD_LETTERS', '>', { fromSeq: 2, toSeq: 4 }))
  expect(read.map(({ seq }) => seq)).toEqual([2, 3, 4])
})
