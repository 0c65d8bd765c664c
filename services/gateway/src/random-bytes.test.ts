import { expect, test } from 'vitest'
import { createRandomBytes } from './random-bytes.ts'

test('no bytes are given out twice, and none change later', () => {
  const draw = createRandomBytes()
  const drawn = Array.from({ length: 5_000 }, () => draw(10))
  const texts = drawn.map((bytes) => Buffer.from(bytes).toString('hex'))
  expect(new Set(texts).size).toBe(5_000)
  draw(8_192)
  expect(drawn.map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual(texts)
  expect(draw(10_000)).toHaveLength(10_000)
})
