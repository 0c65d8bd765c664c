import { startNats } from '@wagate/testing/nats.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import type { Broker, ConsumeBatchesOptions } from './broker.ts'
import { BrokerUnavailable } from './errors.ts'
import { bytes, testBroker, text } from './testing/broker.ts'

const subject = 'evt.1.t.s.message.sent'
const events = { stream: 'EVENTS', consumer: 'projector-1', maxMessages: 10, maxWaitMs: 10 }

const consume = (broker: Broker, handle: ConsumeBatchesOptions['handle'], more: Partial<ConsumeBatchesOptions> = {}) =>
  broker.consumeBatches({ ...events, handle, ...more })

const upTo = (count: number) => Array.from({ length: count }, (_, n) => String(n))

/** What a consumer that starts now would be given first. */
async function firstLeft(broker: Broker): Promise<string | undefined> {
  const found = Promise.withResolvers<string | undefined>()
  const timer = setTimeout(() => found.resolve(undefined), 300)
  const probe = await consume(broker, async ([first]) => {
    found.resolve(first && text(first.data))
    throw new Error('only looking')
  })
  const answer = await found.promise
  clearTimeout(timer)
  await probe.close()
  return answer
}

test('batches keep the order of the stream, are bounded, and are acknowledged as a whole', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  for (let n = 0; n < 95; n++) await broker.publish(subject, bytes(String(n)))
  const sizes: number[] = []
  const seen: string[] = []
  const consumption = await consume(broker, async (batch) => {
    sizes.push(batch.length)
    seen.push(...batch.map((message) => text(message.data)))
  })
  await waitFor(() => seen.length === 95)
  await consumption.close()
  expect(seen).toEqual(upTo(95))
  expect(Math.max(...sizes)).toBe(10)
  expect(await firstLeft(broker)).toBeUndefined()
})

test('a lone message waits for company no longer than maxWaitMs', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const handled = Promise.withResolvers<number>()
  const consumption = await consume(broker, async (batch) => handled.resolve(batch.length), { maxWaitMs: 50 })
  await broker.publish(subject, bytes('alone'))
  expect(await handled.promise).toBe(1)
  await consumption.close()
})

test('a batch that throws comes again as it was, before anything newer', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  for (let n = 0; n < 25; n++) await broker.publish(subject, bytes(String(n)))
  const tries: string[][] = []
  const attempts: number[] = []
  const seen: string[] = []
  const handle: ConsumeBatchesOptions['handle'] = async (batch) => {
    const texts = batch.map((message) => text(message.data))
    tries.push(texts)
    if (texts[0] === '10' && tries.length < 4) throw new Error('database is away')
    seen.push(...texts)
  }
  const consumption = await consume(broker, handle, { onRetry: (_error, attempt) => attempts.push(attempt) })
  await waitFor(() => seen.length === 25)
  expect(seen).toEqual(upTo(25))
  expect(tries[1]).toEqual(tries[2])
  expect(tries[2]).toEqual(tries[3])
  expect(attempts).toEqual([1, 2])
  await consumption.close()
})

test('one bad message can be set aside without holding up the rest', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  for (let n = 0; n < 5; n++) await broker.publish(subject, bytes(n === 2 ? 'poison' : String(n)))
  const seen: string[] = []
  const consumption = await consume(broker, async (batch, { deadLetter }) => {
    for (const message of batch) {
      if (text(message.data) === 'poison') await deadLetter(message, 'not JSON')
      else seen.push(text(message.data))
    }
  })
  await waitFor(() => seen.length === 4)
  const [letter] = await Array.fromAsync(broker.readSubject('DEAD_LETTERS', 'dlq.EVENTS.projector-1'))
  expect(letter && text(letter.data)).toBe('poison')
  expect(letter?.headers['Wagate-Reason']).toBe('not JSON')
  await consumption.close()
})

test('a message that two consumers set aside is a dead letter of both', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  await broker.publish(subject, bytes('poison'))
  for (const consumer of ['projector-1', 'webhooks-1']) {
    const setAside = Promise.withResolvers<void>()
    const handle: ConsumeBatchesOptions['handle'] = async ([message], { deadLetter }) => {
      if (message) await deadLetter(message, 'not JSON')
      setAside.resolve()
    }
    const consumption = await consume(broker, handle, { consumer })
    await setAside.promise
    await consumption.close()
    expect(await broker.lastMessage('DEAD_LETTERS', `dlq.EVENTS.${consumer}`)).toBeDefined()
  }
})

test('closing during a retry leaves the batch for the next owner, who gets it at once', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  for (let n = 0; n < 30; n++) await broker.publish(subject, bytes(String(n)))
  const seen: string[] = []
  const failing = await consume(broker, async (batch) => {
    const texts = batch.map((message) => text(message.data))
    if (texts.includes('15')) throw new Error('always')
    seen.push(...texts)
  })
  await waitFor(() => seen.length === 10)
  await failing.close()
  const startedMs = performance.now()
  const next = await consume(broker, async (batch) => {
    seen.push(...batch.map((message) => text(message.data)))
  })
  await waitFor(() => seen.length === 30)
  expect(seen).toEqual(upTo(30))
  expect(performance.now() - startedMs).toBeLessThan(5_000) // ack_wait is 30 s
  await next.close()
})

test('an owner that died with a batch in hand loses none of it, and the order holds', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  await using other = await testBroker(nats, { provision: false })
  for (let n = 0; n < 30; n++) await broker.publish(subject, bytes(String(n)))
  const taken = Promise.withResolvers<void>()
  await consume(broker, () => {
    taken.resolve()
    return new Promise(() => {}) // never settles, never closes: as good as dead
  })
  await taken.promise
  const seen: string[] = []
  const next = await consume(other, async (batch) => {
    seen.push(...batch.map((message) => text(message.data)))
  })
  await waitFor(() => seen.length >= 30)
  expect(seen).toEqual(upTo(30))
  for (let n = 30; n < 40; n++) await broker.publish(subject, bytes(String(n)))
  await waitFor(() => seen.length >= 35)
  await next.close()
})

test('every message is handled in order over broker kills in the middle of the flow', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const seen: string[] = []
  const consumption = await consume(broker, async (batch) => {
    seen.push(...batch.map((message) => text(message.data)))
  })
  let server = nats
  const publishing = (async () => {
    for (let n = 0; n < 3_000; n++) {
      // The id lets the publish repeat itself; a timeout in a restart is repeated here.
      for (;;) {
        try {
          await broker.publish(subject, bytes(String(n)), { msgId: `evt_${n}`, timeoutMs: 10_000 })
          break
        } catch (error) {
          if (!(error instanceof BrokerUnavailable)) throw error
        }
      }
    }
  })()
  for (const after of [500, 1_200, 2_000]) {
    await waitFor(() => seen.length > after)
    server.kill('SIGKILL')
    await server.exited
    server = await server.restart()
  }
  await publishing
  await waitFor(() => new Set(seen).size === 3_000)
  // Handled again after a lost acknowledgement is allowed; skipped or out of order is not.
  const firstTimes = [...new Set(seen)]
  expect(firstTimes).toEqual(upTo(3_000))
  await consumption.close()
  await server.stop()
})
