import { startNats } from '@wagate/testing/nats.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { KvEntry } from './broker.ts'
import { KeyExists, WrongLastSequence } from './errors.ts'
import { silentLogger } from './logger.ts'
import { mirror } from './mirror.ts'
import { bytes, testBroker, text } from './testing/broker.ts'

test('create takes a free key once, also after a deletion', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const kv = await broker.kv('sessions')
  const results = await Promise.allSettled(
    Array.from({ length: 5 }, (_, n) => kv.create('t.s.config', bytes(String(n)))),
  )
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(KeyExists)
  await kv.delete('t.s.config')
  expect(await kv.get('t.s.config')).toBeUndefined()
  const revision = await kv.create('t.s.config', bytes('again'))
  expect(await kv.get('t.s.config')).toEqual({ value: Buffer.from('again'), revision })
})

test('update and delete at a revision fail once the key has moved on', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const kv = await broker.kv('sessions')
  const first = await kv.create('t.s.state', bytes('1'))
  const second = await kv.update('t.s.state', bytes('2'), first)
  await expect(kv.update('t.s.state', bytes('x'), first)).rejects.toThrow(WrongLastSequence)
  await expect(kv.delete('t.s.state', first)).rejects.toThrow(WrongLastSequence)
  await kv.delete('t.s.state', second)
  await expect(kv.update('t.s.state', bytes('x'), second)).rejects.toThrow(WrongLastSequence)
})

test('keys lists what exists, by filter', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const kv = await broker.kv('sessions')
  for (const key of ['t1.a.config', 't1.a.state', 't1.b.config', 't2.c.config']) await kv.put(key, bytes('x'))
  await kv.delete('t1.b.config')
  expect((await Array.fromAsync(kv.keys())).toSorted()).toEqual(['t1.a.config', 't1.a.state', 't2.c.config'])
  expect(await Array.fromAsync(kv.keys('t1.*.config'))).toEqual(['t1.a.config'])
  expect(await Array.fromAsync((await broker.kv('tenants')).keys())).toEqual([])
})

test('what is not a key is refused before it reaches the broker', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const kv = await broker.kv('sessions')
  for (const key of ['', 't.*.config', '>', 'a b', '.a', 'a.', '1234@s.whatsapp.net'])
    await expect(async () => kv.put(key, bytes('x'))).rejects.toThrow(RangeError)
})

test('a watch tells every value that is there before it is ready, then every change', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const kv = await broker.kv('sessions')
  for (let n = 0; n < 1_500; n++) await kv.put(`t.s${n}.config`, bytes('x'))
  const seen: KvEntry[] = []
  const watch = await kv.watch({ onEntry: (entry) => seen.push(entry) })
  await watch.ready
  expect(seen).toHaveLength(1_500)
  await kv.put('t.s0.config', bytes('y'))
  await kv.delete('t.s1.config')
  await waitFor(() => seen.length === 1_502)
  expect(seen.slice(-2).map(({ key, value }) => [key, value && text(value)])).toEqual([
    ['t.s0.config', 'y'],
    ['t.s1.config', undefined],
  ])
  await watch.stop()
})

test('an empty bucket is ready at once', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const watch = await (await broker.kv('tenants')).watch({ onEntry: () => {} })
  await watch.ready
  await watch.stop()
})

test('a mirror sees what changed while its own connection was away', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const kv = await broker.kv('tenants')
  const schema = z.object({ n: z.number() })
  for (let n = 0; n < 5; n++) await kv.put(`ten_${n}`, bytes(JSON.stringify({ n })))
  const held = await mirror(kv, schema, { logger: silentLogger() })
  await held.ready
  expect(held.get('ten_3')).toEqual({ n: 3 })

  nats.kill('SIGKILL')
  await nats.exited
  await using again = await nats.restart()
  await using other = await testBroker(again, { provision: false })
  const otherKv = await other.kv('tenants')
  await otherKv.put('ten_3', bytes(JSON.stringify({ n: 33 })))
  await otherKv.delete('ten_4')
  await otherKv.put('ten_5', bytes('not json'))
  const revision = await otherKv.put('ten_6', bytes(JSON.stringify({ n: 6 })))
  await waitFor(() => held.get('ten_6'))
  expect(new Map(held.entries())).toEqual(
    new Map([0, 1, 2, 33, 6].map((n) => [n === 33 ? 'ten_3' : `ten_${n}`, { n }])),
  )
  expect(held.revisionOf('ten_6')).toBe(revision)
  await held.stop()
})

test('a mirror tells its listeners the value before and after', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const kv = await broker.kv('tenants')
  const changes: unknown[] = []
  const held = await mirror(kv, z.number(), { logger: silentLogger() })
  await held.ready
  const forget = held.onChange(({ key, value, previous }) => changes.push([key, previous, value]))
  // One after the other: a bucket keeps one value per key, so a watch may never see one that was replaced at once.
  const writes = [() => kv.put('a', bytes('1')), () => kv.put('a', bytes('2')), () => kv.delete('a')]
  for (const [index, write] of writes.entries()) {
    await write()
    await waitFor(() => changes.length === index + 1)
  }
  forget()
  await kv.put('a', bytes('3'))
  await waitFor(() => held.get('a') === 3)
  expect(changes).toEqual([
    ['a', undefined, 1],
    ['a', 1, 2],
    ['a', 2, undefined],
  ])
  await held.stop()
})
