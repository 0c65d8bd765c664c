import { readEventStream } from '@wagate/api/read-event-stream.ts'
import { fakeBucket } from '@wagate/runtime/fakes/bucket.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { mirror } from '@wagate/runtime/mirror.ts'
import { afterEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { createWorld } from '../fakes/world.ts'
import { createNotices } from './notices.ts'
import { feedNotices, type SourceDeps } from './sources.ts'

afterEach(() => vi.useRealTimers())

const take = async <Value>(from: AsyncGenerator<Value>): Promise<Value | undefined> => (await from.next()).value

test('whoever follows is told first that everything may have changed, then what did, gathered by type', async () => {
  const notices = createNotices(1)
  const end = new AbortController()
  const following = notices.follow(end.signal)
  expect(await take(following)).toEqual({ type: 'everything.changed', ids: [] })
  for (const id of ['a', 'b', 'a']) notices.changed('workers.changed', id)
  notices.changed('dead_letters.changed')
  expect(await take(following)).toEqual({ type: 'workers.changed', ids: ['a', 'b'] })
  expect(await take(following)).toEqual({ type: 'dead_letters.changed', ids: [] })
  end.abort()
  expect((await following.next()).done).toBe(true)
  expect(notices.followers()).toBe(0)
})

test('what waits for somebody slow does not grow', async () => {
  const notices = createNotices(1)
  const following = notices.follow(new AbortController().signal)
  await following.next()
  for (let n = 0; n < 10_000; n++) notices.changed('tenants.changed', `ten_${n}`)
  expect(await take(following)).toEqual({ type: 'tenants.changed', ids: [] })
  await following.return(undefined)
})

test('watches and looks become notices, and nobody looks while nobody follows', async () => {
  vi.useFakeTimers()
  const bucket = fakeBucket('tenants')
  const tenants = await mirror(bucket, z.object({}), { logger: silentLogger() })
  let [lastSeq, looks] = [1, 0]
  let present = [{ workerId: 'wrk_1' }]
  let tellFleet: Parameters<SourceDeps['fleet']['onChange']>[0] = () => {}
  const notices = createNotices(1)
  const stop = feedNotices(notices, {
    fleet: {
      onChange: (listener) => {
        tellFleet = listener
        return () => {}
      },
      workers: () => present as never,
    },
    instances: { onChange: () => () => {} },
    tenants,
    supportAccesses: { onChange: () => () => {} },
    broker: {
      streamState: async () => {
        looks += 1
        return { messages: 1, lastSeq } as never
      },
    },
    lookEveryMs: 2,
  })
  await vi.advanceTimersByTimeAsync(20)
  expect(looks).toBe(0)
  const end = new AbortController()
  const seen = new Set<string>()
  const reading = (async () => {
    for await (const { type, ids } of notices.follow(end.signal)) seen.add(`${type} ${ids}`)
  })()
  await vi.advanceTimersByTimeAsync(20)
  expect(looks).toBeGreaterThan(1)
  lastSeq = 2
  present = []
  await bucket.put('ten_1', Buffer.from('{}'))
  tellFleet('failovers', 'fov_1')
  await vi.advanceTimersByTimeAsync(20)
  const all = ['dead_letters.changed ', 'workers.changed ', 'tenants.changed ten_1', 'failovers.changed fov_1']
  expect([...seen]).toEqual(expect.arrayContaining(all))
  end.abort()
  await reading
  stop()
})

test('an operator follows over HTTP; too many streams and other people are refused', async () => {
  const world = await createWorld()
  const open = () => world.request(world.operatorKey, 'GET', '/v1/admin/events')
  const first = await open()
  expect(first.headers.get('content-type')).toBe('text/event-stream')
  const messages = readEventStream(first.body ?? new ReadableStream())
  expect(await take(messages)).toMatchObject({ id: '1', event: 'everything.changed' })
  world.deps.notices.changed('instances.changed', 'gateway_1')
  expect(await take(messages)).toMatchObject({ data: '{"type":"instances.changed","ids":["gateway_1"]}' })
  const second = await open()
  expect((await open()).status).toBe(429)
  await messages.return(undefined)
  await first.body?.cancel().catch(() => undefined)
  await second.body?.cancel()
  const third = await open()
  expect(third.status).toBe(200)
  await third.body?.cancel()
})
