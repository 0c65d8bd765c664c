import { startNats } from '@wagate/testing/nats.ts'
import { expect, test } from 'vitest'
import { BrokerRefused, BrokerUnavailable, ConcurrentAppend, WrongLastSequence } from './errors.ts'
import { bytes, testBroker, text } from './testing/broker.ts'

const log = 'wal.1.ses_a'

test('an append behind the last message of its subject is stored, any other is WrongLastSequence', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const first = await broker.publish(log, bytes('1'), { expectedLastSubjectSequence: 0 })
  await broker.publish('wal.1.ses_b', bytes('another session moves the stream on'))
  const second = await broker.publish(log, bytes('2'), { expectedLastSubjectSequence: first.seq })
  expect(second).toEqual({ stream: 'SESSION_LOG', seq: first.seq + 2, duplicate: false })
  await expect(broker.publish(log, bytes('x'), { expectedLastSubjectSequence: first.seq })).rejects.toThrow(
    WrongLastSequence,
  )
  await expect(broker.publish(log, bytes('x'), { expectedLastSubjectSequence: 0 })).rejects.toThrow(WrongLastSequence)
})

test('of many appends at once behind the same message exactly one is stored', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const attempts = Array.from({ length: 8 }, (_, n) =>
    broker.publish(log, bytes(String(n)), { expectedLastSubjectSequence: 0 }),
  )
  const results = await Promise.allSettled(attempts)
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  for (const result of results) {
    if (result.status === 'fulfilled') continue
    expect(result.reason instanceof WrongLastSequence || result.reason instanceof ConcurrentAppend).toBe(true)
  }
})

test('a repeated message id is stored once and answered with the first sequence', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const first = await broker.publish('evt.1.t.s.message.sent', bytes('1'), { msgId: 'evt_1' })
  const again = await broker.publish('evt.1.t.s.message.sent', bytes('1'), { msgId: 'evt_1' })
  expect(again).toEqual({ ...first, duplicate: true })
})

test('headers travel with the message', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  await broker.publish(log, bytes('1'), { headers: { 'Wagate-Epoch': '7' } })
  expect((await broker.lastMessage('SESSION_LOG', log))?.headers).toEqual({ 'Wagate-Epoch': '7' })
})

test('a message beyond the size limit is refused before it is sent', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  await expect(broker.publish(log, new Uint8Array(2_200_000))).rejects.toThrow(BrokerRefused)
})

test('a subject that no stream takes is unavailable within the timeout', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const publishing = broker.publish('nowhere.at.all', bytes('1'), { timeoutMs: 300 })
  await expect(publishing).rejects.toMatchObject({ reason: 'no-responders', mayHaveHappened: false })
})

test('while the broker is away a publish waits as long as its timeout, and no longer', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  nats.kill('SIGKILL')
  await nats.exited
  await expect(broker.publish(log, bytes('1'), { timeoutMs: 200 })).rejects.toThrow(BrokerUnavailable)
})

test('a publish with an id that is cut off by a broker restart is stored once', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const publishing = Array.from({ length: 200 }, (_, n) =>
    broker.publish('evt.1.t.s.message.sent', bytes(String(n)), { msgId: `evt_${n}`, timeoutMs: 20_000 }),
  )
  nats.kill('SIGKILL')
  await nats.exited
  await using _again = await nats.restart()
  await Promise.all(publishing)
  const stored = await Array.fromAsync(broker.readSubject('EVENTS', 'evt.1.t.s.message.sent'))
  expect(stored.map((message) => Number(text(message.data))).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 200 }, (_, n) => n),
  )
})
