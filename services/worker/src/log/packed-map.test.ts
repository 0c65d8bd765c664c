import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PackedMap } from './packed-map.ts'

const value = (text: string): Uint8Array => Buffer.from(text)
const contents = (map: PackedMap) => [...map.entries()].map(([key, bytes]) => [key, Buffer.from(bytes).toString()])

test('it holds what a Map holds, in the order in which it was last set, whatever is done to it', () => {
  const key = fc.oneof(fc.nat(20).map(String), fc.string({ maxLength: 12, unit: 'grapheme' }))
  const change = fc.oneof(fc.record({ set: key, to: fc.string({ maxLength: 40 }) }), fc.record({ delete: key }))
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const packed = new PackedMap()
      const plain = new Map<string, string>()
      for (const one of changes) {
        if ('set' in one) {
          packed.set(one.set, value(one.to))
          plain.delete(one.set)
          plain.set(one.set, one.to)
        } else {
          packed.delete(one.delete)
          plain.delete(one.delete)
        }
      }
      expect(contents(packed)).toEqual([...plain])
      expect(packed.size).toBe(plain.size)
      for (const [name, text] of plain) expect(Buffer.from(packed.get(name) ?? []).toString()).toBe(text)
      expect(packed.has('never set')).toBe(false)
    }),
  )
})

test('beyond its limits it forgets the oldest, by number and by bytes', () => {
  const byNumber = new PackedMap({ entries: 3, bytes: 10_000 })
  for (let n = 0; n < 100; n++) byNumber.set(`k${n}`, value('v'))
  expect(contents(byNumber).map(([key]) => key)).toEqual(['k97', 'k98', 'k99'])

  const byBytes = new PackedMap({ entries: 1_000, bytes: 1_000 })
  for (let n = 0; n < 100; n++) byBytes.set(`k${n}`, Buffer.alloc(200))
  expect(byBytes.size).toBe(4)
  expect(byBytes.has('k99')).toBe(true)
  byBytes.set('k98', Buffer.alloc(2_000))
  expect(byBytes.has('k98')).toBe(false)
})

test('a value that is set over and over takes no more memory than it needs', () => {
  const map = new PackedMap()
  for (let n = 0; n < 50; n++) map.set(`k${n}`, Buffer.alloc(1_000))
  const once = map.allocatedBytes
  for (let n = 0; n < 10_000; n++) map.set(`k${n % 50}`, Buffer.alloc(1_000))
  expect(map.allocatedBytes).toBeLessThan(once * 1.2)
})

test('what was read out does not change with the map, nor the map with it', () => {
  const map = new PackedMap()
  map.set('a', value('first'))
  const read = map.get('a')
  map.set('a', value('other'))
  expect(Buffer.from(read ?? []).toString()).toBe('first')
  map.get('a')?.fill(0)
  expect(contents(map)).toEqual([['a', 'other']])
})
