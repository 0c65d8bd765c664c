import { expect, test } from 'vitest'
import { placeOf, textOf } from './texts.ts'

test('every text of a run is different and between 20 and 160 characters', () => {
  const texts = Array.from({ length: 2_000 }, (_, n) => textOf('drain', n))
  expect(new Set(texts).size).toBe(2_000)
  expect(Math.min(...texts.map(({ length }) => length))).toBe(20)
  expect(Math.max(...texts.map(({ length }) => length))).toBe(160)
})

test('sessions and contacts get equal shares', () => {
  const pairs = Array.from({ length: 60 }, (_, n) => placeOf(n, 3, 5)).map(
    ({ session, contact }) => `${session}-${contact}`,
  )
  expect(new Set(pairs).size).toBe(15)
  for (const pair of pairs) expect(pairs.filter((other) => other === pair)).toHaveLength(4)
})
