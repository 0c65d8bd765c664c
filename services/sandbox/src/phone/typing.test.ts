import { expect, test } from 'vitest'
import { createTyping } from './typing.ts'

test('somebody types until they stop, and not for ever', () => {
  let nowMs = 0
  const typing = createTyping(() => nowMs)
  typing.note('999100', 'composing')
  typing.note('999200', 'composing')
  typing.note('999300', 'paused')
  expect(typing.now()).toEqual(['999100', '999200'])
  typing.note('999200', 'paused')
  nowMs = 20_000
  expect(typing.now()).toEqual(['999100'])
  typing.note('999100', 'composing')
  nowMs = 40_000
  expect(typing.now()).toEqual(['999100'])
  nowMs = 46_000
  expect(typing.now()).toEqual([])
})
