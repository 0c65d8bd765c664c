// How people are refused.
import { DomainError } from '../http/problem.ts'
import type { Refused } from './accounts.ts'

export const linkOver = () =>
  new DomainError('link-over', 'This link was used already, or its time is over: ask for a new one.')

/** One answer for a link and for a password: which of them it was is nobody's business who lacks the other. */
export const verificationRefused = () =>
  new DomainError(
    'verification-refused',
    'Use the link of the newest mail with the password that you chose when you signed up. If that does not work, sign up again with a password of your own; if you have used the link before, sign in.',
  )

export const wrongPassword = () => new DomainError('password-wrong', 'That is not your current password.')

export const noTenant = () =>
  new DomainError('tenant-not-found', 'You belong to no account with this id: see GET /v1/auth/me.')

export function refusalOf({ reason }: Refused, step: 'password' | 'second_factor'): DomainError {
  switch (reason) {
    case 'wrong':
      return step === 'password'
        ? new DomainError(
            'sign-in-refused',
            'There is no account with this address and password: check both, or reset the password.',
          )
        : new DomainError(
            'second-factor-refused',
            'This code is wrong, or was used: enter the one that the app shows now.',
          )
    case 'unverified':
      return new DomainError(
        'email-not-verified',
        'Follow the link in the mail that you got when you signed up, or ask for another one with POST /v1/auth/verification-mails.',
      )
    case 'locked':
      return new DomainError('too-many-attempts', 'Too many wrong codes: wait 15 minutes, then sign in again.', {
        retryAfterSeconds: 900,
      })
    case 'over':
      return new DomainError(
        'second-factor-refused',
        'This sign-in was given up or took too long: begin with your password again.',
      )
  }
}
