import { expect, test } from 'vitest'
import { pathWithin } from './path.ts'

test('a path of this site is kept, with its query', () => {
  expect(pathWithin('/ten_1/test/sessions?limit=5')).toBe('/ten_1/test/sessions?limit=5')
})

test.each([
  null,
  '',
  'x',
  'https://evil.example',
  '//evil.example/x',
  '/\\evil.example',
  '/\t/evil.example',
  '/.//evil.example',
  '/x/..//evil.example',
  `/${'x'.repeat(3_000)}`,
])('%j leads to the start', (text) => {
  expect(pathWithin(text)).toBe('/')
})
