import { fakeBucket } from '@wagate/runtime/fakes/bucket.ts'
import { expect, test } from 'vitest'
import { type HandoverDeps, type Handovers, watchHandovers } from './handovers.ts'

const settle = async (): Promise<void> => {
  for (let n = 0; n < 50; n++) await Promise.resolve()
}

/** Two workers on one bucket; what they do is told in order. */
async function setUp(overrides: Partial<HandoverDeps> = {}) {
  const bucket = fakeBucket('handovers')
  const told: string[] = []
  let nowMs = 0
  const join = async (workerId: string): Promise<Handovers> => {
    const own = await watchHandovers({
      bucket,
      workerId,
      monotonicMs: () => nowMs,
      mayGive: () => 'yes',
      isThere: () => true,
      sessionsOf: () => 7,
      prepare: async (partition) => void told.push(`${workerId} reads ${partition} ahead`),
      letGo: async (partition) => {
        told.push(`${workerId} lets go of ${partition}`)
        return '2026-01-01T00:00:00.000Z'
      },
      claim: (partition) => told.push(`${workerId} claims ${partition}`),
      onReleased: (partition) => told.push(`${workerId} knows when ${partition} was closed`),
      log: (event) => told.push(event),
      ...overrides,
    })
    return own
  }
  const [old, next] = [await join('old'), await join('next')]
  return {
    ...{ bucket, told, old, next },
    advance: (ms: number) => {
      nowMs += ms
    },
  }
}

test('the next owner reads ahead before the holder lets go, and claims when the lease is free', async () => {
  const { told, old, next } = await setUp()
  await next.ask('s1', 'old')
  await settle()
  expect(told).toEqual(['next reads s1 ahead', 'old lets go of s1', 'next knows when s1 was closed'])
  expect(old.find('s1')).toMatchObject({ state: 'released', sessions: 7 })
  next.freed('s1')
  old.freed('s1')
  expect(told.at(-1)).toBe('next claims s1')
  await next.done('s1')
  await settle()
  expect([old.find('s1'), next.find('s1')]).toEqual([undefined, undefined])
})

test('a holder that leaves offers without being asked', async () => {
  const { told, old } = await setUp()
  await old.offer('s1', 'next')
  await settle()
  expect(told.slice(0, 2)).toEqual(['next reads s1 ahead', 'old lets go of s1'])
})

test('a refused ask changes nothing and is not repeated at once', async () => {
  const { told, old, next, advance } = await setUp({ mayGive: () => 'no' })
  await next.ask('s1', 'old')
  await settle()
  expect(told).toEqual([])
  expect(old.find('s1')).toBeUndefined()
  expect(next.wasRefused('s1')).toBe(true)
  advance(10_001)
  next.tick()
  expect(next.wasRefused('s1')).toBe(false)
})

test('a holder with too much on the move answers later', async () => {
  let busy = true
  const { told, old, next } = await setUp({ mayGive: () => (busy ? 'later' : 'yes') })
  await next.ask('s1', 'old')
  await settle()
  expect(told).toEqual([])
  busy = false
  old.tick()
  await settle()
  expect(told).toContain('old lets go of s1')
})

test('a next owner that cannot read ahead does not keep a holder that leaves, and gets nothing from one that stays', async () => {
  const { told, old, next, advance } = await setUp({ prepare: () => new Promise(() => {}) })
  await old.offer('s1', 'next')
  await next.ask('s2', 'old')
  await settle()
  advance(10_001)
  old.tick()
  await settle()
  expect(told).toContain('old lets go of s1')
  expect(told).not.toContain('old lets go of s2')
  expect(old.find('s2')).toBeUndefined()
})

test('what was promised to a worker that is gone can be given to another one at once', async () => {
  const gone = new Set<string>()
  const { old, told } = await setUp({ prepare: () => new Promise(() => {}), isThere: (other) => !gone.has(other) })
  await old.offer('s1', 'next')
  await settle()
  old.tick()
  expect(old.find('s1')).toMatchObject({ to: 'next', state: 'agreed' })
  gone.add('next')
  old.tick()
  await settle()
  expect(old.find('s1')).toBeUndefined()
  expect(told).toEqual([])
  await old.offer('s1', 'third')
  expect(old.find('s1')).toMatchObject({ to: 'third', state: 'agreed' })
})

test('what was agreed on with a worker that is gone is forgotten, by those who were not asked too', async () => {
  const gone = new Set<string>()
  const { old, next, advance } = await setUp({
    prepare: () => new Promise(() => {}),
    isThere: (other) => !gone.has(other),
  })
  await old.offer('s1', 'third')
  await old.offer('s2', 'next')
  await settle()
  advance(5_001)
  next.tick()
  expect(next.all()).toHaveLength(2)
  gone.add('third').add('old')
  // The lease ran out, and the next owner took it; the holder will never say that it let go.
  await next.done('s2')
  next.tick()
  await settle()
  expect([...next.all(), ...old.all()]).toEqual([])
})

test('of two that ask at once one gets it', async () => {
  const { old, next, told } = await setUp()
  await Promise.all([next.ask('s1', 'old'), next.ask('s1', 'old')])
  await settle()
  expect(told.filter((what) => what === 'old lets go of s1')).toHaveLength(1)
  expect(old.all()).toHaveLength(1)
})
