import type { KvBucket } from '@wagate/runtime/broker.ts'
import { expect, test } from 'vitest'
import { createHosting, openHosted } from './hosted.ts'

const time = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()

function fakeBucket(stored: Record<string, unknown>) {
  const bucket: Pick<KvBucket, 'watch' | 'put'> = {
    async watch({ onEntry }) {
      for (const [key, value] of Object.entries(stored))
        onEntry({ key, value: Buffer.from(JSON.stringify(value)), revision: 1 })
      return { ready: Promise.resolve(), stop: async () => {} }
    },
    async put(key, value) {
      stored[key] = JSON.parse(Buffer.from(value).toString())
      return 1
    },
  }
  return bucket
}

test('what workers hosted when they last said so is known to the one that comes after them', async () => {
  const bucket = fakeBucket({
    wrk_old: { v: 1, at: time(1), partitions: ['s0', 's1'] },
    wrk_new: { v: 1, at: time(5), partitions: ['s1'] },
    wrk_odd: 'not a record',
  })
  const hosted = await openHosted({ bucket, workerId: 'wrk_me', held: () => [], now: () => new Date(time(9)) })
  expect(['s0', 's1', 's2'].map(hosted.untilMs)).toEqual([Date.parse(time(1)), Date.parse(time(5)), undefined])
})

test('a worker writes what it holds, and nothing while it holds nothing', async () => {
  const stored: Record<string, unknown> = {}
  const held: string[] = []
  const deps = { bucket: fakeBucket(stored), workerId: 'wrk_me', held: () => held, now: () => new Date(time(9)) }
  const hosted = await openHosted(deps)
  await hosted.write()
  expect(stored).toEqual({})
  held.push('s3')
  await hosted.write()
  expect(stored).toEqual({ wrk_me: { v: 1, at: time(9), partitions: ['s3'] } })
})

test('a partition that is lost again before its sessions are back counts from the first time, for two minutes', () => {
  const clock = { nowMs: 0 }
  const hosting = createHosting({ monotonicMs: () => clock.nowMs })
  hosting.lost('s1', 100)
  clock.nowMs = 60_000
  hosting.lost('s1', 60_000)
  expect(hosting.untilMs('s1')).toBe(100)
  clock.nowMs = 120_000
  hosting.lost('s1', 119_000)
  expect(hosting.untilMs('s1')).toBe(119_000)
  hosting.arrived('s1')
  expect(hosting.untilMs('s1')).toBeUndefined()
})
