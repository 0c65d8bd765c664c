import { expect, test } from 'vitest'
import { citations, documents } from './tree.ts'

test('every path that a document cites exists', () => {
  const missing = citations().filter(({ exists }) => !exists)
  expect(missing.map(({ from, to }) => `${from} cites ${to}`)).toEqual([])
})

test('no document was left in the middle of a merge', () => {
  expect(
    documents()
      .filter(({ text }) => /^(<{7}|>{7}) /m.test(text))
      .map(({ path }) => path),
  ).toEqual([])
})
