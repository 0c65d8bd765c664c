import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OneTimePreKey } from './bundle.ts'
import { createPreKeyPool } from './pool.ts'

const key = (id: number, byte = id % 256): OneTimePreKey => ({ id, publicKey: Buffer.alloc(32, byte) })

test('every key is given out exactly once, whatever the order of uploads and requests', () => {
  const step = fc.oneof(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 12 }), fc.constant('take' as const))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pool = createPreKeyPool()
      const uploaded = new Set<number>()
      const taken: number[] = []
      for (const action of steps) {
        if (action === 'take') {
          const given = pool.take()
          if (given) taken.push(given.id)
        } else {
          pool.add(action.map((id) => key(id)))
          for (const id of action) uploaded.add(id)
        }
      }
      expect(new Set(taken).size).toBe(taken.length)
      expect(pool.count()).toBe(uploaded.size - taken.length)
    }),
  )
})

test('a repeated upload of a used key does not revive it, a new key under an old id counts', () => {
  const pool = createPreKeyPool()
  pool.add([key(1)])
  expect(pool.take()).toEqual(key(1))
  expect(pool.add([key(1)])).toBe(0)
  expect(pool.add([key(1, 77)])).toBe(1)
  expect(pool.take()).toEqual(key(1, 77))
  expect(pool.take()).toBeUndefined()
})
