import { expect, test } from 'vitest'
import { columnsOf, oneLine, padEnd, quoted, wrap } from './text.ts'

test('a text never steers the terminal', () => {
  expect(oneLine('\u001B[31mred\u001B[0m\r\n\u0007bell\u0000', 80)).toBe('red bell')
})

test('a text that is too long ends in an ellipsis and fits', () => {
  expect(oneLine('0123456789', 10)).toBe('0123456789')
  expect(oneLine('0123456789a', 10)).toBe('012345678…')
  expect(columnsOf(oneLine('你好你好你好', 6))).toBeLessThanOrEqual(6)
})

test('wide characters count as two columns, joined ones as one character', () => {
  expect(columnsOf('hello')).toBe(5)
  expect(columnsOf('你好')).toBe(4)
  expect(columnsOf('👩‍👩‍👧')).toBe(2)
  expect(columnsOf('e\u0301')).toBe(1)
  expect(columnsOf('\u001B[2mdim\u001B[0m')).toBe(3)
})

test('padding and quoting keep columns aligned', () => {
  expect(padEnd('你好', 6)).toBe('你好  ')
  expect(padEnd('too long', 3)).toBe('too long')
  expect(quoted('hello', 80)).toBe('“hello”')
  expect(columnsOf(quoted('x'.repeat(100), 20))).toBe(20)
})

test('a long text is wrapped at spaces and nothing of it is lost', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrap('a-word-that-is-too-long b', 7)).toEqual(['a-word-that-is-too-long', 'b'])
  expect(wrap('', 7)).toEqual([''])
})
