import { startNats } from '@wagate/testing/nats.ts'
import { expect, test } from 'vitest'
import { bytes, testBroker, text } from './testing/broker.ts'

const stream = 'SESSION_LOG'
const log = 'wal.3.ses_a'

test('a subject is read whole and in order, over many batches and beside other subjects', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  for (let n = 0; n < 700; n++) {
    await broker.publish(log, bytes(String(n)))
    if (n % 3 === 0) await broker.publish('wal.3.ses_b', bytes('not ours'))
  }
  const read = await Array.fromAsync(broker.readSubject(stream, log))
  expect(read.map((message) => text(message.data))).toEqual(Array.from({ length: 700 }, (_, n) => String(n)))
  expect(read.every((message) => message.subject === log && message.time.getTime() > 0)).toBe(true)
  const from = read[500]?.seq ?? 0
  expect(await Array.fromAsync(broker.readSubject(stream, log, { fromSeq: from }))).toEqual(read.slice(500))
})

test('reading ends at what was stored when it began', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  for (let n = 0; n < 3; n++) await broker.publish(log, bytes(String(n)))
  const seen: string[] = []
  for await (const message of broker.readSubject(stream, log)) {
    seen.push(text(message.data))
    await broker.publish(log, bytes('later'))
  }
  expect(seen).toEqual(['0', '1', '2'])
})

test('messages larger than one batch of bytes arrive complete', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  for (let n = 0; n < 24; n++) await broker.publish(log, new Uint8Array(500_000).fill(n))
  const read = await Array.fromAsync(broker.readSubject(stream, log))
  expect(read.map((message) => [message.data.length, message.data[499_999]])).toEqual(
    Array.from({ length: 24 }, (_, n) => [500_000, n]),
  )
})

test('an empty subject has no messages and no last one', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  expect(await Array.fromAsync(broker.readSubject(stream, 'wal.3.ses_none'))).toEqual([])
  expect(await broker.lastMessage(stream, 'wal.3.ses_none')).toBeUndefined()
})

test('a purge removes what is older than a sequence and nothing of other subjects', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  for (let n = 0; n < 10; n++) {
    await broker.publish(log, bytes(String(n)))
    await broker.publish('wal.3.ses_b', bytes('b'))
  }
  const last = await broker.lastMessage(stream, log)
  expect(await broker.purgeSubject(stream, log, { beforeSeq: last?.seq ?? 0 })).toBe(9)
  expect(await Array.fromAsync(broker.readSubject(stream, log))).toEqual([last])
  expect(await Array.fromAsync(broker.readSubject(stream, 'wal.3.ses_b'))).toHaveLength(10)
  expect(await broker.purgeSubject(stream, log, { beforeSeq: 0 })).toBe(0)
})

test('a tail from a sequence sees the past, then the present, without gap or repeat over a broker restart', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const subject = 'evt.1.t.s.message.sent'
  for (let n = 0; n < 20; n++) await broker.publish(subject, bytes(String(n)))
  const ending = new AbortController()
  const tail = broker.tail('EVENTS', 'evt.*.t.>', { fromSeq: 11, signal: ending.signal })[Symbol.asyncIterator]()
  const take = async (count: number) => {
    const taken: number[] = []
    for (let n = 0; n < count; n++) taken.push((await tail.next()).value?.seq ?? 0)
    return taken
  }
  expect(await take(10)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
  nats.kill('SIGKILL')
  await nats.exited
  await using _again = await nats.restart()
  for (let n = 0; n < 1_000; n++) await broker.publish(subject, bytes(String(n)))
  expect(await take(1_000)).toEqual(Array.from({ length: 1_000 }, (_, n) => 21 + n))
  ending.abort()
  expect((await tail.next()).done).toBe(true)
})

test('a tail without a start sees only what is new', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  await broker.publish('evt.1.t.s.message.sent', bytes('old'))
  const ending = new AbortController()
  const tail = broker.tail('EVENTS', 'evt.>', { signal: ending.signal })[Symbol.asyncIterator]()
  const first = tail.next()
  // The consumer is made by the first `next`; publish until something is seen.
  const publishing = setInterval(() => void broker.publish('evt.1.t.s.message.sent', bytes('new')), 20)
  expect(text((await first).value?.data ?? bytes(''))).toBe('new')
  clearInterval(publishing)
  ending.abort()
  expect((await tail.next()).done).toBe(true)
})
