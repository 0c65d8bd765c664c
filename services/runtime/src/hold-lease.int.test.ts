import { startNats } from '@wagate/testing/nats.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { KvBucket } from './broker.ts'
import { type HoldLeaseOptions, holdLease } from './hold-lease.ts'
import { claimLease, type LeaseDeps, releaseLease, renewLease } from './lease.ts'
import { silentLogger } from './logger.ts'
import { callApi } from './nats-api.ts'
import { openBucket } from './nats-kv.ts'
import { NatsLink } from './nats-link.ts'
import { bytes } from './testing/broker.ts'

const ttlMs = 2_000
const key = 'consumer.projector-1'

/** A bucket like `leases`, with a TTL that a test can wait for. */
async function shortLeases(nats: { url: string }): Promise<{ link: NatsLink; kv: KvBucket }> {
  const link = await NatsLink.connect({ servers: [nats.url], name: 'test', logger: silentLogger() })
  const config = { name: 'KV_short', subjects: ['$KV.short.>'], max_msgs_per_subject: 1, discard: 'new' }
  const limits = { max_age: ttlMs * 1e6, duplicate_window: 1e9, allow_rollup_hdrs: true }
  await callApi(link, 'STREAM.CREATE.KV_short', { ...config, ...limits }, z.unknown()).catch(() => {})
  return { link, kv: openBucket(link, 'short') }
}

const deps = (kv: KvBucket, owner: string): LeaseDeps => ({
  kv,
  owner,
  host: 'test',
  now: () => new Date(),
  monotonicMs: () => performance.now(),
})

const hold = (kv: KvBucket, owner: string, work: HoldLeaseOptions['work']) =>
  holdLease({ kv, key, owner, logger: silentLogger(), work, ttlMs, scanEveryMs: 50 })

const untilOver = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

test('one of many claims wins; the others see it is taken, until it is released', async () => {
  await using nats = await startNats()
  const { link, kv } = await shortLeases(nats)
  const claims = await Promise.all(['a', 'b', 'c', 'd'].map((owner) => claimLease(deps(kv, owner), key)))
  const won = claims.filter((lease) => lease !== undefined)
  expect(won).toHaveLength(1)
  if (won[0]) await releaseLease({ kv }, won[0])
  expect(await claimLease(deps(kv, 'e'), key)).toBeDefined()
  await link.drain()
})

test('a lease that expired cannot be renewed, even when nobody took it', async () => {
  await using nats = await startNats()
  const { link, kv } = await shortLeases(nats)
  const lease = await claimLease(deps(kv, 'a'), key)
  if (!lease) throw new Error('not claimed')
  await waitFor(async () => (await kv.get(key)) === undefined)
  expect(await renewLease(deps(kv, 'a'), lease)).toBeUndefined()
  await link.drain()
})

test('a renewal that was stored without an answer is recognised as our own', async () => {
  await using nats = await startNats()
  const { link, kv } = await shortLeases(nats)
  const lease = await claimLease(deps(kv, 'a'), key)
  if (!lease) throw new Error('not claimed')
  await renewLease(deps(kv, 'a'), lease) // its answer got lost: we still hold the older revision
  const renewed = await renewLease(deps(kv, 'a'), lease)
  expect(renewed?.revision).toBeGreaterThan(lease.revision)
  await link.drain()
})

test('a stale owner neither renews nor releases what somebody else holds', async () => {
  await using nats = await startNats()
  const { link, kv } = await shortLeases(nats)
  const stale = await claimLease(deps(kv, 'a'), key)
  if (!stale) throw new Error('not claimed')
  await releaseLease({ kv }, stale)
  const current = await claimLease(deps(kv, 'b'), key)
  expect(await renewLease(deps(kv, 'a'), stale)).toBeUndefined()
  await releaseLease({ kv }, stale)
  expect((await kv.get(key))?.revision).toBe(current?.revision)
  await link.drain()
})

test('work goes on for longer than the TTL, and a second holder never works beside the first', async () => {
  await using nats = await startNats()
  const [one, two] = [await shortLeases(nats), await shortLeases(nats)]
  let [working, most, starts] = [0, 0, 0]
  const work = async (signal: AbortSignal) => {
    starts++
    most = Math.max(most, ++working)
    await untilOver(signal)
    working--
  }
  const first = hold(one.kv, 'first', work)
  await waitFor(() => first.isHeld())
  const second = hold(two.kv, 'second', work)
  const startedMs = performance.now()
  await waitFor(() => performance.now() - startedMs > ttlMs * 1.5)
  expect([starts, second.isHeld()]).toEqual([1, false])
  await first.close()
  await waitFor(() => second.isHeld())
  expect([starts, most]).toEqual([2, 1])
  await second.close()
  await Promise.all([one.link.drain(), two.link.drain()])
})

test('when the broker is away the work ends before the lease can expire, and starts again when it is back', async () => {
  await using nats = await startNats()
  const { link, kv } = await shortLeases(nats)
  let [starts, endedMs] = [0, 0]
  const holder = hold(kv, 'a', async (signal) => {
    starts++
    await untilOver(signal)
    endedMs = performance.now()
  })
  await waitFor(() => starts === 1)
  const killedMs = performance.now()
  nats.kill('SIGKILL')
  await nats.exited
  await waitFor(() => endedMs > 0)
  expect(endedMs - killedMs).toBeLessThan(ttlMs)
  await using _again = await nats.restart()
  await waitFor(() => starts === 2)
  await holder.close()
  await link.drain()
})

test('a lease that somebody overwrote ends the work at the next renewal', async () => {
  await using nats = await startNats()
  const { link, kv } = await shortLeases(nats)
  const ended = Promise.withResolvers<void>()
  const holder = hold(kv, 'a', async (signal) => {
    await untilOver(signal)
    ended.resolve()
  })
  await waitFor(() => holder.isHeld())
  await kv.put(key, bytes('{}'))
  await ended.promise
  await holder.close()
  await link.drain()
})

test('work that ends by itself gives the lease back', async () => {
  await using nats = await startNats()
  const { link, kv } = await shortLeases(nats)
  let runs = 0
  const holder = hold(kv, 'a', async () => {
    runs++
    throw new Error('cannot start')
  })
  await waitFor(() => runs >= 2)
  await holder.close()
  expect(await kv.get(key)).toBeUndefined()
  await link.drain()
})
