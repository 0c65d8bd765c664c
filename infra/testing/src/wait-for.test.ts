import { expect, test } from 'vitest'
import { waitFor } from './wait-for.ts'

test('waitFor resolves with the first truthy value', async () => {
  let calls = 0
  const value = await waitFor(() => (++calls === 3 ? `call ${calls}` : undefined), { everyMs: 1 })
  expect(value).toBe('call 3')
})

test('waitFor takes an exception as not yet', async () => {
  let calls = 0
  await waitFor(
    () => {
      if (++calls < 3) throw new Error('early')
      return true
    },
    { everyMs: 1 },
  )
  expect(calls).toBe(3)
})

test('waitFor names what it waited for and why it failed', async () => {
  const never = waitFor(
    () => {
      throw new Error('still closed')
    },
    { deadlineMs: 20, everyMs: 1, what: 'the door' },
  )
  await expect(never).rejects.toMatchObject({
    message: 'waited 20 ms for the door',
    cause: expect.objectContaining({ message: 'still closed' }),
  })
})
