// What each mail says: words and links, not yet text or HTML. Pure.
import type { Mail } from './mail.ts'
import { duration, nameOf, oneLine, webLink } from './plain.ts'
import { describeUserAgent } from './user-agent.ts'

export type Letter = {
  subject: string
  /** Whom it greets; without a name it begins with the first paragraph. */
  name?: string
  paragraphs: string[]
  /** The first is what most readers came for. */
  actions: { label: string; link: string }[]
  /** What else to know: how long a link works, what to do if it was somebody else. */
  notes: string[]
}

const ifNotYou = 'If it was not you, set a new password at once: choose “Forgot password?” on the sign-in page.'

/** @throws RangeError when a link is not one of the web */
export function letterOf(mail: Mail): Letter {
  switch (mail.kind) {
    case 'verify_email':
      return {
        subject: 'Confirm your e-mail address',
        name: mail.name,
        paragraphs: ['Confirm this address to finish signing up for Wagate.'],
        actions: [{ label: 'Confirm address', link: webLink(mail.link) }],
        notes: [
          `The link works once, for ${duration(mail.validMinutes, 'minute')}.`,
          'If you did not sign up, ignore this mail and nothing happens.',
        ],
      }
    case 'already_registered':
      return {
        subject: 'You already have an account',
        name: mail.name,
        paragraphs: [
          'Somebody tried to sign up for Wagate with this address. It has an account already, and nothing was changed.',
        ],
        actions: [
          { label: 'Sign in', link: webLink(mail.signInLink) },
          { label: 'Set a new password', link: webLink(mail.resetLink) },
        ],
        notes: ['If it was not you, there is nothing to do.'],
      }
    case 'reset_password':
      return {
        subject: 'Set a new password',
        name: mail.name,
        paragraphs: ['Somebody asked to set a new password for your Wagate account.'],
        actions: [{ label: 'Set a new password', link: webLink(mail.link) }],
        notes: [
          `The link works once, for ${duration(mail.validMinutes, 'minute')}.`,
          'If it was not you, ignore this mail: your password stays as it is.',
        ],
      }
    case 'password_changed':
      return {
        subject: 'Your password was changed',
        name: mail.name,
        paragraphs: ['The password of your Wagate account was changed just now.'],
        actions: [],
        notes: ['If it was you, there is nothing to do.', ifNotYou],
      }
    case 'invitation': {
      const [tenant, inviter] = [nameOf(mail.tenantName), nameOf(mail.inviterName)]
      return {
        subject: `${inviter} invites you to ${tenant}`,
        paragraphs: [`${inviter} invites you to join ${tenant} on Wagate, as ${oneLine(mail.role, 40)}.`],
        actions: [{ label: 'Accept the invitation', link: webLink(mail.link) }],
        notes: [
          `The invitation holds for ${duration(mail.validDays, 'day')}.`,
          `If you do not know ${inviter}, ignore this mail.`,
        ],
      }
    }
    case 'new_sign_in':
      return {
        subject: 'New sign-in to your account',
        name: mail.name,
        paragraphs: [
          'Somebody signed in to your Wagate account.',
          `When: ${moment(mail.at)}`,
          `With: ${describeUserAgent(mail.userAgent)}`,
        ],
        actions: [],
        notes: ['If it was you, there is nothing to do.', ifNotYou],
      }
    case 'two_factor_changed':
      return {
        subject: mail.enabled ? 'Two-factor sign-in is on' : 'Two-factor sign-in is off',
        name: mail.name,
        paragraphs: mail.enabled
          ? [
              'Signing in to your Wagate account now needs a code besides your password.',
              'Keep your recovery codes where you find them without your phone.',
            ]
          : ['Signing in to your Wagate account no longer needs a code, only your password.'],
        actions: [],
        notes: ['If it was you, there is nothing to do.', ifNotYou],
      }
    case 'ownership_transfer': {
      const tenant = nameOf(mail.tenantName)
      return {
        subject: `You own ${tenant} now`,
        name: mail.name,
        paragraphs: [`The ownership of ${tenant} on Wagate was transferred to you.`],
        actions: [],
        notes: [`If this surprises you, speak with those who work at ${tenant}.`],
      }
    }
  }
}

const clock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** `21 November 2026 at 14:38 UTC`. */
const moment = (at: Date): string => `${clock.format(at)} UTC`
