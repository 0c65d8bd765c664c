import { expect, test } from 'vitest'
import {
  confirmEmailLink,
  forgotPasswordLink,
  invitationLink,
  resetPasswordLink,
  signInLink,
  verifyEmailLink,
} from './links.ts'

test('a token is in the fragment, which no server sees', () => {
  for (const link of [verifyEmailLink, resetPasswordLink, confirmEmailLink, invitationLink]) {
    const url = new URL(link('https://app.example.com', 'tok/en+='))
    expect(url.pathname + url.search).not.toContain('tok')
    expect(new URLSearchParams(url.hash.slice(1)).get('token')).toBe('tok/en+=')
  }
})

test('a dashboard below a path keeps it', () => {
  expect(verifyEmailLink('https://example.com/app/?x=1#y', 'abc')).toBe(
    'https://example.com/app/verify-email#token=abc',
  )
  expect(signInLink('https://example.com')).toBe('https://example.com/sign-in')
  expect(forgotPasswordLink('https://example.com/')).toBe('https://example.com/forgot-password')
})
