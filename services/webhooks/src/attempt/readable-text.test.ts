import { expect, test } from 'vitest'
import { readableText } from './readable-text.ts'

const text = (headers: Record<string, string>, body: string | Buffer) => readableText(headers, Buffer.from(body))

test('text of every usual kind is kept, also without a type', () => {
  for (const type of ['text/plain', 'text/html; charset=utf-8', 'application/json', 'application/problem+json'])
    expect(text({ 'content-type': type }, '{"error":"no"}')).toBe('{"error":"no"}')
  expect(text({}, 'line one\nline two\t!')).toBe('line one\nline two\t!')
})

test('nothing is kept of what is no text, is compressed or is empty', () => {
  expect(text({ 'content-type': 'image/png' }, 'PNG')).toBeNull()
  expect(text({ 'content-type': 'text/plain', 'content-encoding': 'gzip' }, 'x')).toBeNull()
  expect(text({}, '')).toBeNull()
})

test('no control character passes, and a character that was cut in two is left out', () => {
  expect(text({}, 'a\u0000b\u001b[31m')).toBe('a\ufffdb\ufffd[31m')
  expect(text({}, Buffer.from('grüß').subarray(0, 3))).toBe('gr')
})
