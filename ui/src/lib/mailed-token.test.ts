import { expect, test } from 'vitest'
import { mailedToken } from './mailed-token.ts'

test('a token is found in the link that was mailed, and is taken as it is', () => {
  expect(mailedToken(' https://app.example.com/verify-email#token=a%2Fb.c ')).toBe('a/b.c')
  expect(mailedToken('a.b-c_d')).toBe('a.b-c_d')
  expect(mailedToken('')).toBe('')
})
