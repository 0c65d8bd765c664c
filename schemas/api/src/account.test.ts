import { expect, test } from 'vitest'
import { byEmail } from './account.ts'

test('an address that no mail can go to is told as such at once', () => {
  const taken = (email: string): boolean => byEmail.safeParse({ email }).success
  expect(taken(`${'a'.repeat(64)}@example.com`)).toBe(true)
  expect(taken(`${'a'.repeat(65)}@example.com`)).toBe(false)
})
