import { startNats } from '@wagate/testing/nats.ts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { silentLogger } from './logger.ts'
import { callApi } from './nats-api.ts'
import { NatsLink } from './nats-link.ts'
import { openOrdered } from './nats-ordered.ts'
import { bytes, testBroker } from './testing/broker.ts'

test('a reader whose first messages go before they are delivered is told that there is nothing left', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const handovers = await broker.kv('handovers')
  for (const key of ['s1', 's2', 's3']) await handovers.put(key, bytes(key))
  const link = await NatsLink.connect({ servers: [nats.url], name: 'reader', logger: silentLogger() })
  const caughtUp = Promise.withResolvers<void>()
  const arrived: string[] = []
  let room = 1
  const reader = await openOrdered(link, {
    stream: 'KV_handovers',
    filter: '$KV.handovers.>',
    start: { from: 'last-per-subject' },
    capacity: 1,
    room: () => room,
    onMessage({ msg }) {
      arrived.push(msg.subject)
      room = 0
    },
    onCaughtUp: () => caughtUp.resolve(),
  })
  // One is read; the others expire, as in a bucket with a TTL, while the consumer is about to deliver them.
  await expect.poll(() => arrived).toEqual(['$KV.handovers.s1'])
  await callApi(link, 'STREAM.PURGE.KV_handovers', undefined, z.unknown())
  room = 1
  reader.pump()
  await caughtUp.promise
  expect(arrived).toHaveLength(1)
  await reader.stop()
  await link.drain()
})
