// Another e-mail address. It counts from when its owner, signed in, has followed a link that was mailed to it.
import { byLink, changeEmail, mailed, person } from '@wagate/api/account.ts'
import { invalid } from '../http/problem.ts'
import type { MountForPeople } from '../http/route.ts'
import { confirmEmailLink, forgotPasswordLink } from '../mail/links.ts'
import { type QueueMail, tell } from '../mail/mail.ts'
import type { Accounts } from './accounts.ts'
import type { Attempts } from './attempts.ts'
import type { EmailChanges } from './email-changes.ts'
import { minutes } from './library.ts'
import { normalized } from './password.ts'
import { presentPerson } from './present.ts'
import { linkOver, wrongPassword } from './refusals.ts'
import { accountTag as tag } from './tag.ts'

export type EmailDeps = {
  accounts: Pick<Accounts, 'checkPassword'>
  emailChanges: EmailChanges
  attempts: Pick<Attempts, 'take' | 'forgive'>
  queueMail: QueueMail
  dashboardUrl: string
}

export function emailRoutes(mount: MountForPeople, deps: EmailDeps): void {
  const { attempts, emailChanges, queueMail, dashboardUrl } = deps

  mount(
    {
      method: 'post',
      path: '/v1/auth/email',
      unaudited: 'nothing changes before the address is confirmed',
      tag,
      summary: 'Change the e-mail address',
      description:
        'Mails a link to the new address, and a notice to the old one. The same answer for an address that has an account: its owner is told by mail. Asked again, the earlier link is over.',
      body: changeEmail,
      answers: { 202: { description: 'Mails are on their way.', schema: mailed } },
      problems: ['password-wrong', 'too-many-attempts'],
    },
    async ({ body: { new_email: to, password }, client, present, token, json }) => {
      const { id, name, email } = present.person
      if (to === email) throw invalid('new_email', 'This is your address already.')
      await attempts.take('sign_in', email, client.address)
      if (!(await deps.accounts.checkPassword(token, normalized(password)))) throw wrongPassword()
      await attempts.forgive('sign_in', email)
      for (const mailbox of [email, to]) await attempts.take('mail', mailbox, client.address)
      const secret = await emailChanges.ask(id, to)
      await queueMail(
        secret === undefined
          ? { to, kind: 'address_taken', resetLink: forgotPasswordLink(dashboardUrl) }
          : { to, kind: 'confirm_new_email', name, ...linkOf(secret) },
      )
      await queueMail({ to: email, kind: 'email_change_asked', name })
      return json(202, { status: 'mailed' })
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/auth/email/confirm',
      audit: 'person.email_changed',
      tag,
      summary: 'Confirm the new e-mail address',
      description:
        'Takes the token of the mailed link, once, within an hour, from the one who asked for it. Other sign-ins go on; links that were mailed to the old address to set a password are over, and invitations stay with the address that they were for.',
      body: byLink,
      answers: { 200: { description: 'You, with the new address.', schema: person } },
      problems: ['link-over', 'too-many-attempts'],
    },
    async ({ body, client, present, json }) => {
      const before = present.person
      await attempts.take('link', before.id, client.address)
      const email = await emailChanges.confirm(before.id, body.token)
      if (email === undefined) throw linkOver()
      await tell(queueMail, { to: before.email, kind: 'email_changed', name: before.name })
      return json(200, presentPerson({ ...before, email }))
    },
  )

  const linkOf = (secret: string) => ({
    link: confirmEmailLink(dashboardUrl, secret),
    validMinutes: minutes.confirmEmail,
  })
}
