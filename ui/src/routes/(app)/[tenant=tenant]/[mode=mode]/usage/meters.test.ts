import { expect, test } from 'vitest'
import { toneOf } from './meters.ts'

test.each([
  [0, 5, 'good'],
  [3, 5, 'good'],
  [4, 5, 'warn'],
  [5, 5, 'bad'],
  [6, 5, 'bad'],
  [0, 0, 'bad'],
])('%i of %i stands out as %s', (used, limit, tone) => {
  expect(toneOf({ used, limit })).toBe(tone)
})
