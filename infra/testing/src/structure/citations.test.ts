import { expect, test } from 'vitest'
import { citations } from './tree.ts'

test('every path that a document cites exists', () => {
  const missing = citations().filter(({ exists }) => !exists)
  expect(missing.map(({ from, to }) => `${from} cites ${to}`)).toEqual([])
})
