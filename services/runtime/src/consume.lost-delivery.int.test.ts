// Deliveries that the server counts and nobody received: the case in which a naive consumer skips messages or waits for ack_wait.
import { startNats } from '@wagate/testing/nats.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import type { Broker, Consumption } from './broker.ts'
import { bytes, testBroker, text } from './testing/broker.ts'
import { lossyProxy } from './testing/lossy-proxy.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, n) => String(n))

async function loseSome(subject: string, start: (broker: Broker, seen: string[]) => Promise<Consumption>) {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  await using proxy = await lossyProxy(nats)
  await using behindProxy = await testBroker(proxy, { provision: false })
  const seen: string[] = []
  const consumption = await start(behindProxy, seen)
  for (let n = 0; n < 10; n++) await broker.publish(subject, bytes(String(n)))
  await waitFor(() => seen.length === 10)
  proxy.swallow()
  for (let n = 10; n < 15; n++) await broker.publish(subject, bytes(String(n)))
  await broker.lastMessage('DEAD_LETTERS', 'dlq.>') // one more round trip: the deliveries have left the server
  const startedMs = performance.now()
  proxy.cut()
  for (let n = 15; n < 20; n++) await broker.publish(subject, bytes(String(n)))
  await waitFor(() => seen.length >= 20)
  expect([...new Set(seen)]).toEqual(upTo(20))
  expect(performance.now() - startedMs).toBeLessThan(5_000) // ack_wait is 30 s
  await consumption.close()
}

const consume = (broker: Broker, seen: string[]): Promise<Consumption> =>
  broker.consume({
    stream: 'COMMANDS',
    consumer: 'worker-s1',
    maxInFlight: 10,
    async handle(message) {
      seen.push(text(message.data))
      return { kind: 'done' }
    },
  })

test('a work queue makes up for lost deliveries at once and in order', () =>
  loseSome('cmd.s1.t.s.message.send', consume))

test('a puller that stands still takes no message from the next: what it has asked for ends before its lease', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  await using proxy = await lossyProxy(nats)
  await using stalled = await testBroker(proxy, { provision: false, leaseTtlMs: 2_000 })
  const seen: string[] = []
  const first = await consume(stalled, seen)
  await broker.publish('cmd.s1.t.s.message.send', bytes('0'))
  await waitFor(() => seen.length === 1)
  proxy.swallow()
  const info = async () =>
    JSON.parse(text(await broker.ask('$JS.API.CONSUMER.INFO.COMMANDS.worker-s1', bytes(''), { timeoutMs: 5_000 })))
  await waitFor(async () => (await info()).num_waiting === 0, { deadlineMs: 10_000 })
  const next = await consume(broker, seen)
  for (let n = 1; n < 5; n++) await broker.publish('cmd.s1.t.s.message.send', bytes(String(n)))
  await waitFor(() => seen.length >= 5, { deadlineMs: 10_000 }) // ack_wait is 30 s
  expect(seen).toEqual(upTo(5))
  proxy.cut()
  await next.close()
  await first.close()
})

test('ordered batches make up for lost deliveries at once and in order', () =>
  loseSome('evt.1.t.s.message.sent', (broker, seen) =>
    broker.consumeBatches({
      stream: 'EVENTS',
      consumer: 'webhooks-1',
      maxMessages: 10,
      maxWaitMs: 5,
      async handle(batch) {
        seen.push(...batch.map((message) => text(message.data)))
      },
    }),
  ))

test('a tail makes up for lost deliveries', () =>
  loseSome('evt.1.t.s.message.sent', async (broker, seen) => {
    const ending = new AbortController()
    const reading = (async () => {
      for await (const message of broker.tail('EVENTS', 'evt.>', { fromSeq: 1, signal: ending.signal }))
        seen.push(text(message.data))
    })()
    return {
      async close() {
        ending.abort()
        await reading
      },
    }
  }))
