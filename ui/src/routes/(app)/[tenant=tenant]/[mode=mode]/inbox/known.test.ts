import { array, assert, constantFrom, integer, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { grown, type Known, knownOf, refreshed } from './known.ts'

type Item = { id: string; at: string }

const pageLength = 3
const timeOf = ({ at }: Item) => at
const item = (n: number, at: number): Item => ({ id: `i${n}`, at: String(at).padStart(6, '0') })
/** As the API answers: newest first, from after the cursor. */
const read = (list: readonly Item[], after: string | null = null) => {
  const sorted = list.toSorted((one, other) => (one.at < other.at ? 1 : -1))
  const from = after === null ? sorted : sorted.filter(({ at }) => at < after)
  const data = from.slice(0, pageLength)
  return { data, next_cursor: from.length > pageLength ? (data.at(-1)?.at ?? null) : null }
}

test('whatever happens, the list is a beginning of what there is, without a hole and without a repeat', () => {
  const step = record({
    what: constantFrom('new', 'moved', 'gone', 'read', 'older'),
    which: integer({ min: 0, max: 30 }),
  })
  assert(
    property(integer({ min: 0, max: 12 }), array(step, { maxLength: 60 }), (count, steps) => {
      let clock = count
      let list = Array.from({ length: count }, (_, n) => item(n, n))
      let known: Known<Item> = knownOf(read(list))
      let isFresh = true
      for (const { what, which } of steps) {
        if (what === 'new') list = [...list, item(++clock, clock)]
        // What moves goes to the head, and so does what is new; what goes away is gone within what was read last.
        if (what === 'moved') list = list.map((one, n) => (n === which ? { ...one, at: item(0, ++clock).at } : one))
        if (what === 'gone') list = list.filter(({ id }) => id !== known.items[which % pageLength]?.id)
        if (what === 'older' && isFresh && known.next !== null) known = grown(known, read(list, known.next))
        isFresh = what === 'read' || (isFresh && what === 'older')
        if (what === 'read') known = refreshed(known, read(list), timeOf)
        expect(new Set(known.items.map(({ id }) => id)).size).toBe(known.items.length)
        if (!isFresh) continue
        const sorted = list.toSorted((one, other) => (one.at < other.at ? 1 : -1))
        expect(known.items.slice(0, pageLength)).toEqual(sorted.slice(0, pageLength))
        const ids = new Set(known.items.map(({ id }) => id))
        const end = known.items.at(-1)?.at ?? ''
        expect(sorted.filter(({ id, at }) => at >= end && !ids.has(id))).toEqual([])
        if (known.next === null) expect(known.items.length).toBeGreaterThanOrEqual(list.length)
      }
    }),
  )
})

test('a page that does not reach down to what was the newest begins anew, though something known moved into it', () => {
  const known = knownOf(read([1, 2, 3, 4].map((n) => item(n, n))))
  const page = read([item(11, 11), item(12, 12), item(4, 13), item(1, 1)])
  const hidden = read([item(5, 5), item(11, 11), item(12, 12), item(4, 13)])
  expect(refreshed(known, hidden, timeOf)).toEqual(knownOf(hidden))
  expect(refreshed(known, page, timeOf)).toEqual(knownOf(page))
})

test('what is older than the page stays, and the next cursor with it', () => {
  const list = [1, 2, 3, 4, 5, 6, 7].map((n) => item(n, n))
  const known = grown(knownOf(read(list)), read(list, read(list).next_cursor))
  const after = refreshed(known, read([...list, item(8, 8)]), timeOf)
  expect(after.items.map(({ id }) => id)).toEqual(['i8', 'i7', 'i6', 'i5', 'i4', 'i3', 'i2'])
  expect(after.next).toBe(known.next)
})
