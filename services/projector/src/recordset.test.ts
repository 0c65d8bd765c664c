import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonOf } from './recordset.ts'

const once = (text: string): string => {
  const [row] = JSON.parse(jsonOf([{ text }]))
  return row.text
}

test('what PostgreSQL can store arrives unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(!text.includes('\0') && text.isWellFormed())
      expect(once(text)).toBe(text)
    }),
  )
})

test('NUL and half surrogate pairs become the replacement character, even side by side', () => {
  expect(once('a\0\0b')).toBe('a\uFFFD\uFFFDb')
  expect(once('\ud83d!')).toBe('\uFFFD!')
  expect(once('!\ude00')).toBe('!\uFFFD')
  expect(once('👍')).toBe('👍')
})

test('text that only looks like an escape is left alone', () => {
  expect(once('\\u0000')).toBe('\\u0000')
  expect(once('\\\0')).toBe('\\\uFFFD')
})
