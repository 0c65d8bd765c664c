// Two-factor authentication by an authenticator app (TOTP, RFC 6238).
import { backupCodes, byBothFactors, byCode, byPassword, signedIn, twoFactorSetUp } from '@wagate/api/account.ts'
import { DomainError } from '../http/problem.ts'
import type { MountForPeople } from '../http/route.ts'
import { type QueueMail, tell } from '../mail/mail.ts'
import type { Accounts, Client, Person } from './accounts.ts'
import { normalized } from './password.ts'
import { presentPerson } from './present.ts'
import { wrongPassword } from './refusals.ts'
import { checkSecondFactor, type GivenCode, type SecondFactorDeps } from './second-factor.ts'
import { accountTag as tag } from './tag.ts'

export type TwoFactorDeps = SecondFactorDeps & {
  accounts: Pick<
    Accounts,
    'checkPassword' | 'setUpTwoFactor' | 'confirmTwoFactor' | 'removeTwoFactor' | 'newBackupCodes'
  >
  queueMail: QueueMail
}

export function twoFactorRoutes(mount: MountForPeople, deps: TwoFactorDeps): void {
  const { accounts } = deps

  mount(
    {
      method: 'post',
      path: '/v1/auth/two-factor',
      unaudited: 'it is not on yet',
      tag,
      summary: 'Set up two-factor authentication',
      description: 'It is on once `POST /v1/auth/two-factor/confirm` has seen a code of the app.',
      body: byPassword,
      answers: { 201: { description: 'For the app, and for a safe place.', schema: twoFactorSetUp } },
      problems: ['password-wrong', 'two-factor-on', 'too-many-attempts'],
    },
    async ({ body, client, present: { person }, token, json }) => {
      if (person.twoFactor)
        throw new DomainError('two-factor-on', 'It is on already: switch it off first, to use another app.')
      const made = await proved(person, client, () => accounts.setUpTwoFactor(token, normalized(body.password)))
      return json(201, { uri: made.uri, backup_codes: made.backupCodes })
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/auth/two-factor/confirm',
      audit: 'person.two_factor_enabled',
      tag,
      summary: 'Switch two-factor authentication on',
      description: 'Every other device is signed out: it showed no code.',
      body: byCode,
      answers: { 200: { description: 'It is on. The token to go on with.', schema: signedIn } },
      problems: ['second-factor-refused', 'two-factor-on', 'two-factor-off', 'too-many-attempts'],
    },
    async ({ body, client, present: { person }, token, json }) => {
      if (person.twoFactor) throw new DomainError('two-factor-on', 'It is on already.')
      await deps.attempts.take('sign_in', person.email, client.address)
      const confirmed = await accounts.confirmTwoFactor(token, body.code)
      if (confirmed.kind === 'not_set_up') throw notSetUp()
      if (confirmed.kind === 'wrong_code')
        throw new DomainError(
          'second-factor-refused',
          'This code is wrong: enter the one that the app shows now, and check the clock of its phone.',
        )
      await tell(deps.queueMail, { to: person.email, kind: 'two_factor_changed', name: person.name, enabled: true })
      return json(200, { session_token: confirmed.token, person: presentPerson({ ...person, twoFactor: true }) })
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/auth/two-factor/remove',
      audit: 'person.two_factor_disabled',
      tag,
      summary: 'Switch two-factor authentication off',
      description: 'With the password and a code: whoever has got hold of one of them must not take the other away.',
      body: byBothFactors,
      answers: { 200: { description: 'It is off. The token to go on with.', schema: signedIn } },
      problems: ['password-wrong', 'second-factor-refused', 'two-factor-off', 'too-many-attempts'],
    },
    async ({ body, client, present: { person }, token, json }) => {
      await checkBoth({ person, token, client }, body)
      const fresh = await proved(person, client, () => accounts.removeTwoFactor(token, normalized(body.password)))
      await tell(deps.queueMail, { to: person.email, kind: 'two_factor_changed', name: person.name, enabled: false })
      return json(200, { session_token: fresh, person: presentPerson({ ...person, twoFactor: false }) })
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/auth/two-factor/backup-codes',
      audit: 'person.backup_codes_replaced',
      tag,
      summary: 'Make new backup codes',
      description: 'With the password and a code. The old ones work no more.',
      body: byBothFactors,
      answers: { 201: { description: 'Shown only here.', schema: backupCodes } },
      problems: ['password-wrong', 'second-factor-refused', 'two-factor-off', 'too-many-attempts'],
    },
    async ({ body, client, present: { person }, token, json }) => {
      await checkBoth({ person, token, client }, body)
      const codes = await proved(person, client, () => accounts.newBackupCodes(token, normalized(body.password)))
      return json(201, { backup_codes: codes })
    },
  )

  /** The password before the code, so that no backup code is used up in vain. */
  async function checkBoth(asker: Asker, { password, ...given }: GivenCode & { password: string }): Promise<void> {
    const { person, token, client } = asker
    if (!person.twoFactor) throw notSetUp()
    await proved(person, client, async () => (await accounts.checkPassword(token, normalized(password))) || undefined)
    await checkSecondFactor(deps, asker, given)
  }

  /** What needs the password, within the rate at which it may be tried. */
  async function proved<Made>(person: Person, client: Client, run: () => Promise<Made | undefined>): Promise<Made> {
    await deps.attempts.take('sign_in', person.email, client.address)
    const made = await run()
    if (made === undefined) throw wrongPassword()
    await deps.attempts.forgive('sign_in', person.email)
    return made
  }
}

type Asker = { person: Person; token: string; client: Client }

const notSetUp = () => new DomainError('two-factor-off', 'It is off: set it up with POST /v1/auth/two-factor first.')
