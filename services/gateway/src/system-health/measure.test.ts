import type { InstanceRecord } from '@wagate/messages/instance.ts'
import { fakeBucket } from '@wagate/runtime/fakes/bucket.ts'
import { expect, test } from 'vitest'
import { fakeSystem } from '../fakes/system.ts'
import { watchInstances } from './instances.ts'
import { measureHealth } from './measure.ts'

const clock = { now: () => new Date('2026-11-20T10:00:00.000Z'), monotonicMs: () => performance.now() }

test('everything that answers and runs is ok', async () => {
  expect(await measureHealth({ ...fakeSystem(), ...clock })).toMatchObject({
    status: 'ok',
    migrations: { expected: 'second', applied: 2, current: true },
    dependencies: ['broker', 'postgres', 'object_store', 'sandbox'].map((name) => ({ name, up: true })),
  })
})

test('what does not answer is down, and the rest is shown all the same', async () => {
  const system = fakeSystem()
  const gone = () => Promise.reject(new Error('gone'))
  const shown = await measureHealth({
    ...{ ...system, ...clock },
    probes: { ...system.probes, postgres: gone },
    migrations: { ...system.migrations, applied: gone },
  })
  expect(shown).toMatchObject({ status: 'degraded', migrations: { applied: null, current: null } })
  expect(shown.dependencies.filter(({ up }) => !up).map(({ name }) => name)).toEqual(['postgres'])
  expect(shown.services.every(({ ready }) => ready === 1)).toBe(true)
})

test.each(['a service without a process that can work', 'another schema'])('%s is not ok', async (what) => {
  const system = fakeSystem()
  const waiting = system.instances
    .list()
    .map(
      (one): InstanceRecord =>
        one.service === 'webhooks' ? { ...one, state: 'waiting', waitingFor: ['postgres'] } : one,
    )
  const shown = await measureHealth({
    ...{ ...system, ...clock },
    ...(what === 'another schema'
      ? { migrations: { ...system.migrations, applied: async () => ({ at: 1, count: 1 }) } }
      : { instances: { list: () => waiting } }),
  })
  expect(shown.status).toBe('degraded')
})

test('who says nothing for 30 seconds is gone, and those who listen are told of changes only', async () => {
  let nowMs = 0
  const bucket = fakeBucket('instances')
  const [record] = fakeSystem().instances.list()
  const say = async (state: InstanceRecord['state']) => {
    await bucket.put('gateway_1', Buffer.from(JSON.stringify({ ...record, state })))
    await new Promise(setImmediate)
  }
  const instances = await watchInstances(bucket, () => nowMs)
  const told: string[] = []
  instances.onChange((id) => told.push(id))
  for (const state of ['starting', 'ready', 'ready', 'draining'] as const) await say(state)
  expect(told).toHaveLength(3)
  nowMs = 30_000
  expect(instances.list()).toEqual([])
  await instances.stop()
})
