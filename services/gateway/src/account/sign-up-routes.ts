// From an address to an account of one's own. No answer tells whether an address was known: the mail does.
import { byEmail, mailed, signUp, verifiedAnswer, verifyEmail } from '@wagate/api/account.ts'
import type { MountOpen } from '../http/route.ts'
import type { Invitations } from '../member/invitations.ts'
import type { Accounts, Person } from './accounts.ts'
import type { Attempts } from './attempts.ts'
import { checkNewPassword } from './check-password.ts'
import { normalized } from './password.ts'
import { presentPerson, presentWelcome } from './present.ts'
import { verificationRefused } from './refusals.ts'
import { accountTag as tag } from './tag.ts'
import { foundingNote, openTenant, type WelcomeDeps } from './welcome.ts'

export type SignUpDeps = WelcomeDeps & {
  accounts: Pick<Accounts, 'signUp' | 'signUpOf' | 'verifyEmail' | 'mailVerification'>
  attempts: Pick<Attempts, 'take'>
  invitations: Pick<Invitations, 'of'>
}

export function signUpRoutes(mount: MountOpen, deps: SignUpDeps): void {
  const { accounts, attempts } = deps

  mount(
    {
      method: 'post',
      path: '/v1/auth/sign-up',
      unaudited: 'nobody belongs to an account yet',
      tag,
      summary: 'Sign up',
      description:
        'Mails a link that proves the address. The same answer for an address that has an account: its owner is told by mail. A second sign-up before the link was followed replaces the first.',
      body: signUp,
      answers: { 202: { description: 'A mail is on its way.', schema: mailed } },
      problems: ['too-many-attempts'],
    },
    async ({ body, client, json }) => {
      const { email, name, company = name } = body
      const password = checkNewPassword('password', body.password, [email, name, company])
      await attempts.take('sign_up', email, client.address)
      await accounts.signUp({ email, name, company, password, client })
      return json(202, { status: 'mailed' })
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/auth/verification-mails',
      unaudited: 'only a mail',
      tag,
      summary: 'Mail the link again',
      body: byEmail,
      answers: { 202: { description: 'If the address waits for its proof, a mail is on its way.', schema: mailed } },
      problems: ['too-many-attempts'],
    },
    async ({ body, client, json }) => {
      await attempts.take('mail', body.email, client.address)
      await accounts.mailVerification(body.email)
      return json(202, { status: 'mailed' })
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/auth/verify-email',
      audit: 'tenant.created',
      tag,
      summary: 'Prove an address, and start',
      description:
        'Takes the token of the mailed link, once, and the password that was chosen in that sign-up: whoever signed up with an address that is not his gets nothing from its owner following the link. A wrong password does not use the link up. Signs in, and makes what a new customer needs: an account of their own, a test key and a virtual phone. Somebody who was invited gets none of these: see `GET /v1/auth/me`.',
      body: verifyEmail,
      answers: { 201: { description: 'Signed in.', schema: verifiedAnswer } },
      problems: ['verification-refused', 'too-many-attempts'],
    },
    async ({ body, client, note, json }) => {
      const waiting = await accounts.signUpOf(body.token)
      await attempts.take('verify_email', waiting?.personId ?? body.token, client.address)
      const entered = await accounts.verifyEmail(waiting, normalized(body.password), client)
      if (entered.kind !== 'signed_in') throw verificationRefused()
      const welcome = await welcomeOf(entered.person)
      if (welcome) note(foundingNote(entered.person.id, welcome))
      const made = welcome ? presentWelcome(welcome) : { tenant: null, api_key: null, phone: null }
      return json(201, { session_token: entered.token, person: presentPerson(entered.person), ...made })
    },
  )

  async function welcomeOf({ id, email, name, company = name }: Person) {
    const invited = await deps.invitations.of(email)
    return invited.length > 0 ? undefined : openTenant(deps, id, company)
  }
}
