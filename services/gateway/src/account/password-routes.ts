import { byEmail, changePassword, mailed, resetPassword, signedIn } from '@wagate/api/account.ts'
import type { MountForPeople, MountOpen } from '../http/route.ts'
import { type QueueMail, tell } from '../mail/mail.ts'
import type { Accounts } from './accounts.ts'
import type { Attempts } from './attempts.ts'
import { checkNewPassword } from './check-password.ts'
import { normalized } from './password.ts'
import { presentPerson } from './present.ts'
import { linkOver, wrongPassword } from './refusals.ts'
import { accountTag as tag } from './tag.ts'

export type PasswordDeps = {
  accounts: Pick<Accounts, 'requestReset' | 'resetPassword' | 'changePassword'>
  attempts: Pick<Attempts, 'take' | 'forgive'>
  queueMail: QueueMail
}

export function passwordRoutes(mountOpen: MountOpen, mountForPeople: MountForPeople, deps: PasswordDeps): void {
  const { accounts, attempts } = deps

  mountOpen(
    {
      method: 'post',
      path: '/v1/auth/password-resets',
      unaudited: 'only a mail',
      tag,
      summary: 'Ask for a new password',
      body: byEmail,
      answers: { 202: { description: 'If the address has an account, a link is on its way.', schema: mailed } },
      problems: ['too-many-attempts'],
    },
    async ({ body, client, json }) => {
      await attempts.take('mail', body.email, client.address)
      await accounts.requestReset(body.email)
      return json(202, { status: 'mailed' })
    },
  )

  mountOpen(
    {
      method: 'post',
      path: '/v1/auth/password-resets/confirm',
      audit: 'person.password_reset',
      tag,
      summary: 'Set a new password',
      description: 'Takes the token of the mailed link, once, within an hour. Signs out everywhere.',
      body: resetPassword,
      answers: { 204: { description: 'Sign in with it.' } },
      problems: ['link-over', 'too-many-attempts'],
    },
    async ({ body, client, note, answer }) => {
      await attempts.take('link', client.address, client.address)
      const password = checkNewPassword('password', body.password, [])
      const personId = await accounts.resetPassword(body.token, password)
      if (personId === undefined) throw linkOver()
      note({ personId })
      return answer(204, null, {})
    },
  )

  mountForPeople(
    {
      method: 'post',
      path: '/v1/auth/password',
      audit: 'person.password_changed',
      tag,
      summary: 'Change the password',
      description: 'Signs out on every other device; the token of this one is replaced.',
      body: changePassword,
      answers: { 200: { description: 'The token to go on with.', schema: signedIn } },
      problems: ['password-wrong', 'too-many-attempts'],
    },
    async ({ body, client, present: { person }, token, json }) => {
      await attempts.take('sign_in', person.email, client.address)
      const password = checkNewPassword('password', body.password, [person.email, person.name])
      const fresh = await accounts.changePassword(token, normalized(body.current_password), password)
      if (!fresh) throw wrongPassword()
      await attempts.forgive('sign_in', person.email)
      await tell(deps.queueMail, { to: person.email, kind: 'password_changed', name: person.name })
      return json(200, { session_token: fresh, person: presentPerson(person) })
    },
  )
}
