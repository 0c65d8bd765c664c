import { expect, test } from 'vitest'
import { createBell } from './bell.ts'

const never = new AbortController().signal
const hours = 3_600_000

test('a sleeper wakes when it rings', async () => {
  const bell = createBell()
  const asleep = bell.sleep(hours, never)
  bell.ring()
  await asleep
})

test('a ring while nobody sleeps is heard by the next, once', async () => {
  const bell = createBell()
  bell.ring()
  bell.ring()
  await bell.sleep(hours, never)
  let awake = false
  const again = bell.sleep(hours, never).then(() => {
    awake = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(awake).toBe(false)
  bell.ring()
  await again
})

test('a sleeper wakes when the process stops', async () => {
  const stopping = new AbortController()
  const asleep = createBell().sleep(hours, stopping.signal)
  stopping.abort()
  await asleep
})
