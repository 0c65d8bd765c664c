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
          'You are asked for the password that you chose when you signed up.',
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
    case 'confirm_new_email':
      return {
        subject: 'Confirm your new e-mail address',
        name: mail.name,
        paragraphs: [
          'Confirm this address to sign in to your Wagate account with it from now on. You have to be signed in when you follow the link.',
        ],
        actions: [{ label: 'Confirm new address', link: webLink(mail.link) }],
        notes: [
          `The link works once, for ${duration(mail.validMinutes, 'minute')}.`,
          'If you do not know of this, ignore this mail and nothing happens.',
        ],
      }
    case 'address_taken':
      return {
        subject: 'Your address was to be used for another account',
        paragraphs: [
          'Somebody wanted to change the address of a Wagate account to this one. It has an account already, and nothing was changed.',
        ],
        actions: [{ label: 'Set a new password', link: webLink(mail.resetLink) }],
        notes: ['If it was not you, there is nothing to do.'],
      }
    case 'email_change_asked':
      return {
        subject: 'Your e-mail address is about to change',
        name: mail.name,
        paragraphs: [
          'Somebody who is signed in to your Wagate account asked to change its e-mail address. Until the new one is confirmed, everything stays as it is.',
        ],
        actions: [],
        notes: [
          'If it was you, there is nothing to do here: follow the link in the mail to the new address.',
          ifNotYou,
        ],
      }
    case 'email_changed':
      return {
        subject: 'Your e-mail address was changed',
        name: mail.name,
        paragraphs: [
          'The e-mail address of your Wagate account was changed just now. This one no longer signs in, and this is the last mail to it.',
        ],
        actions: [],
        notes: [
          'If it was you, there is nothing to do.',
          'If it was not you, set a new password at once where you are still signed in, change the address back, or ask support.',
        ],
      }
    case 'person_deleted':
      return {
        subject: 'Your Wagate account is deleted',
        name: mail.name,
        paragraphs: [
          'As you asked, your name, your address, your password and your sign-ins were deleted, and you belong to no account any more. This is the last mail to you.',
        ],
        actions: [],
        notes: ['If it was not you who asked, tell support. What is deleted cannot be brought back.'],
      }
    case 'ownership_handed_over': {
      const tenant = nameOf(mail.tenantName)
      return {
        subject: `You no longer own ${tenant}`,
        name: mail.name,
        paragraphs: [
          `The ownership of ${tenant} on Wagate was transferred to ${nameOf(mail.toName)}. You are an admin now.`,
        ],
        actions: [],
        notes: ['If it was you, there is nothing to do.', ifNotYou],
      }
    }
    case 'member_removed': {
      const tenant = nameOf(mail.tenantName)
      return {
        subject: `You are no longer a member of ${tenant}`,
        name: mail.name,
        paragraphs: [`You were removed from ${tenant} on Wagate. What you made there stays with ${tenant}.`],
        actions: [],
        notes: [`If this surprises you, speak with those who work at ${tenant}.`],
      }
    }
    case 'deletion_asked': {
      const tenant = nameOf(mail.tenantName)
      return {
        subject: `${tenant} is going to be deleted`,
        name: mail.name,
        paragraphs: [
          `${nameOf(mail.byName)} asked to delete ${tenant} on Wagate, with everything in it.`,
          `When: ${moment(mail.at)}`,
          'Until then it can be read and exported, and any owner can take the deletion back. After that nothing can be brought back.',
        ],
        actions: [{ label: 'Keep or export it', link: webLink(mail.link) }],
        notes: ['If you know of this, there is nothing to do.'],
      }
    }
    case 'deletion_taken_back': {
      const tenant = nameOf(mail.tenantName)
      return {
        subject: `${tenant} is not going to be deleted`,
        name: mail.name,
        paragraphs: [`${nameOf(mail.byName)} took the deletion of ${tenant} on Wagate back. It works as before.`],
        actions: [],
        notes: ['There is nothing to do.'],
      }
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
    case 'tenant_suspended': {
      const tenant = nameOf(mail.tenantName)
      return {
        subject: `${tenant} is suspended`,
        name: mail.name,
        paragraphs: [
          `Those who run Wagate have suspended ${tenant}. The reason given:`,
          oneLine(mail.reason, 500),
          'Nothing is sent until it is activated again. Its sessions stay linked, and what comes in is kept.',
        ],
        actions: [],
        notes: ['If you do not agree, or the reason is mended, answer to those who run Wagate.'],
      }
    }
    case 'tenant_activated': {
      const tenant = nameOf(mail.tenantName)
      return {
        subject: `${tenant} works again`,
        name: mail.name,
        paragraphs: [
          `${tenant} on Wagate is no longer suspended. What was queued meanwhile is sent now, unless it has expired.`,
        ],
        actions: [],
        notes: ['There is nothing to do.'],
      }
    }
    case 'support_access_opened': {
      const tenant = nameOf(mail.tenantName)
      return {
        subject: `Support looks into ${tenant}`,
        name: mail.name,
        paragraphs: [
          `Somebody who runs Wagate looks into ${tenant}, until ${moment(mail.until)} at the latest. The reason given:`,
          oneLine(mail.reason, 500),
          'They see how the account is set up and how its sessions fare. They see no messages, chats, keys or exports, and change nothing.',
        ],
        actions: [],
        notes: [
          'What they look at is in the audit log. An owner or admin can end it at any time, under “Support access”.',
        ],
      }
    }
  }
}

const clock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** `21 November 2026 at 14:38 UTC`. */
const moment = (at: Date): string => `${clock.format(at)} UTC`
