import { startNats } from '@wagate/testing/nats.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import type { Broker, BrokerMessage, ConsumeOptions, Outcome } from './broker.ts'
import { bytes, testBroker, text } from './testing/broker.ts'

const subject = 'cmd.s1.t.s.message.send'
const queue = { stream: 'COMMANDS', consumer: 'worker-s1' }
const done: Outcome = { kind: 'done' }

const consume = (broker: Broker, handle: ConsumeOptions['handle'], maxInFlight = 10) =>
  broker.consume({ ...queue, maxInFlight, handle })

const deadLetters = (broker: Broker) => Array.fromAsync(broker.readSubject('DEAD_LETTERS', 'dlq.COMMANDS.worker-s1'))
const left = (broker: Broker) => Array.fromAsync(broker.readSubject('COMMANDS', subject))

test('messages are handled in the order of the stream and leave the queue', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const seen: string[] = []
  const consumption = await consume(broker, async (message) => {
    seen.push(text(message.data))
    return done
  })
  for (let n = 0; n < 300; n++) await broker.publish(subject, bytes(String(n)))
  await waitFor(async () => (await left(broker)).length === 0)
  expect(seen).toEqual(Array.from({ length: 300 }, (_, n) => String(n)))
  await consumption.close()
})

test('no more handlers run at once than maxInFlight', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  let [running, most, handled] = [0, 0, 0]
  for (let n = 0; n < 40; n++) await broker.publish(subject, bytes(String(n)))
  const handle = async (): Promise<Outcome> => {
    most = Math.max(most, ++running)
    await broker.lastMessage('COMMANDS', subject)
    running--
    handled++
    return done
  }
  const consumption = await consume(broker, handle, 3)
  await waitFor(() => handled === 40)
  expect(most).toBe(3)
  await consumption.close()
})

test('a retry comes again after the time it asked for, with a higher delivery count', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const times: number[] = []
  const counts: number[] = []
  const consumption = await consume(broker, async ({ deliveryCount }) => {
    times.push(performance.now())
    counts.push(deliveryCount)
    return deliveryCount < 3 ? { kind: 'retry', afterMs: 150, reason: 'not yet' } : done
  })
  await broker.publish(subject, bytes('1'))
  await waitFor(() => counts.length === 3)
  expect(counts).toEqual([1, 2, 3])
  expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(290)
  await consumption.close()
})

test('a handler that throws gets the message again and holds up nothing else', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const seen: string[] = []
  const consumption = await consume(broker, async (message) => {
    if (text(message.data) === 'bad' && message.deliveryCount === 1) throw new Error('once')
    seen.push(text(message.data))
    return done
  })
  await broker.publish(subject, bytes('bad'))
  await broker.publish(subject, bytes('good'))
  await waitFor(() => seen.length === 2)
  expect(seen).toEqual(['good', 'bad'])
  await consumption.close()
})

test('a rejected message is in DEAD_LETTERS with its origin and reason, and never comes again', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const told: string[] = []
  const consumption = await broker.consume({
    ...queue,
    maxInFlight: 10,
    handle: async () => ({ kind: 'reject', reason: 'data.to: invalid_format\r\nX: y' }),
    onDeadLetter: (_message, reason) => told.push(reason),
  })
  await broker.publish(subject, bytes('poison'), { msgId: 'cmd_1' })
  const letter = await waitFor(async () => (await deadLetters(broker))[0])
  await waitFor(async () => (await left(broker)).length === 0)
  expect(text(letter.data)).toBe('poison')
  expect(letter.headers).toMatchObject({
    'Nats-Msg-Id': 'COMMANDS:worker-s1:1',
    'Wagate-Reason': 'data.to: invalid_format X: y',
    'Wagate-Subject': subject,
    'Wagate-Sequence': '1',
    'Wagate-Msg-Id': 'cmd_1',
  })
  expect(told).toHaveLength(1)
  await consumption.close()
})

test('a message that fails to the last attempt goes to DEAD_LETTERS instead of being forgotten', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const counts: number[] = []
  const consumption = await consume(broker, async ({ deliveryCount }) => {
    counts.push(deliveryCount)
    return { kind: 'retry', afterMs: 1, reason: 'never ready' }
  })
  await broker.publish(subject, bytes('stubborn'))
  const letter = await waitFor(async () => (await deadLetters(broker))[0])
  expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(letter.headers['Wagate-Reason']).toBe('gave up after 8 attempts: never ready')
  await waitFor(async () => (await left(broker)).length === 0)
  await consumption.close()
})

test('a message that is put off comes again as often as it takes, and fails only by its own failures', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const counts: number[] = []
  const consumption = await consume(broker, async ({ deliveryCount }) => {
    counts.push(deliveryCount)
    if (deliveryCount <= 12) return { kind: 'later', afterMs: 1, reason: 'the outbox is full' }
    return deliveryCount < 20 ? { kind: 'retry', afterMs: 1, reason: 'not yet' } : done
  })
  await broker.publish(subject, bytes('patient'))
  await waitFor(async () => (await left(broker)).length === 0)
  expect(counts).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  expect(await deadLetters(broker)).toEqual([])
  await consumption.close()
})

test('close waits for the handlers that run, and their answers arrive', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const started = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const consumption = await consume(broker, async () => {
    started.resolve()
    await release.promise
    return done
  })
  await broker.publish(subject, bytes('1'))
  await started.promise
  let closed = false
  const closing = consumption.close().then(() => {
    closed = true
  })
  await broker.lastMessage('COMMANDS', subject)
  expect(closed).toBe(false)
  release.resolve()
  await closing
  await waitFor(async () => (await left(broker)).length === 0)
})

test('a new owner gets what the old one left unsettled at once, in order and before anything newer', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  await using other = await testBroker(nats, { provision: false })
  // The old owner hangs: it answers nothing and is never closed in order.
  const hung: number[] = []
  const never = new Promise<Outcome>(() => {})
  await consume(broker, (message) => {
    hung.push(message.seq)
    return never
  })
  for (let n = 0; n < 5; n++) await broker.publish(subject, bytes(String(n)))
  await waitFor(() => hung.length === 5)
  for (let n = 5; n < 10; n++) await broker.publish(subject, bytes(String(n)))
  await waitFor(() => hung.length === 10)
  await broker.publish(subject, bytes('10'))

  const seen: string[] = []
  const startedMs = performance.now()
  const consumption = await consume(other, async (message: BrokerMessage) => {
    seen.push(text(message.data))
    return done
  })
  await waitFor(() => seen.length === 11)
  expect(seen).toEqual(Array.from({ length: 11 }, (_, n) => String(n)))
  expect(performance.now() - startedMs).toBeLessThan(5_000) // ack_wait is 30 s
  await consumption.close()
})

test('consumption goes on by itself after the broker was killed, and nothing is lost', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const seen = new Set<string>()
  const consumption = await consume(broker, async (message) => {
    seen.add(text(message.data))
    return done
  })
  for (let n = 0; n < 50; n++) await broker.publish(subject, bytes(String(n)))
  nats.kill('SIGKILL')
  await nats.exited
  await using _again = await nats.restart()
  for (let n = 50; n < 100; n++) await broker.publish(subject, bytes(String(n)), { msgId: `cmd_${n}` })
  await waitFor(() => seen.size === 100)
  await consumption.close()
})

test('a consumer that was not provisioned is named, with what to run', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const consuming = broker.consume({ ...queue, consumer: 'worker-s99', maxInFlight: 1, handle: async () => done })
  await expect(consuming).rejects.toThrow('consumer worker-s99 of COMMANDS does not exist; run: make streams')
})
