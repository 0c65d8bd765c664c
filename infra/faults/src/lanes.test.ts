import { expect, test } from 'vitest'
import { inLanes } from './lanes.ts'

test('everything runs, begun in order, and never more than so many at a time', async () => {
  const begun: number[] = []
  let running = 0
  let most = 0
  await inLanes([1, 2, 3, 4, 5], 2, async (item) => {
    begun.push(item)
    most = Math.max(most, ++running)
    await new Promise(setImmediate)
    running -= 1
  })
  expect(begun).toEqual([1, 2, 3, 4, 5])
  expect(most).toBe(2)
})

test('an error is told when the other lanes have ended', async () => {
  const ended: number[] = []
  const played = inLanes([1, 2, 3], 2, async (item) => {
    await new Promise(setImmediate)
    if (item === 1) throw new Error('one')
    ended.push(item)
  })
  await expect(played).rejects.toThrow('one')
  expect(ended).toEqual([2, 3])
})
