import { expect, test } from 'vitest'
import { createChainWatch } from './chains.ts'

const at = (counter: number, ratchetKey = 'k1') => ({ ratchetKey, counter })

test('numbers that follow each other are fine, in every chain of its own', () => {
  const watch = createChainWatch()
  for (const header of [at(0), at(1), at(0, 'k2'), at(2), at(1, 'k2')]) {
    expect(watch.note('alice', header)).toEqual({ kind: 'next' })
  }
})

test('a jump tells how many are missing, and a number again that it was here before', () => {
  const watch = createChainWatch()
  watch.note('alice', at(0))
  expect(watch.note('alice', at(3))).toEqual({ kind: 'gap', missing: 2 })
  expect(watch.note('alice', at(3))).toEqual({ kind: 'repeated' })
  expect(watch.note('bob', at(1))).toEqual({ kind: 'gap', missing: 1 })
})
