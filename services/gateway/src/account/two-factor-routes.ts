// Two-factor authentication by an authenticator app (TOTP, RFC 6238).
import { backupCodes, byCode, byPassword, signedIn, twoFactorSetUp } from '@wagate/api/account.ts'
import { DomainError } from '../http/problem.ts'
import type { MountForPeople } from '../http/route.ts'
import { type QueueMail, tell } from '../mail/mail.ts'
import type { Accounts, Client, Person } from './accounts.ts'
import type { Attempts } from './attempts.ts'
import { normalized } from './password.ts'
import { presentPerson } from './present.ts'
import { wrongPassword } from './refusals.ts'
import { accountTag as tag } from './tag.ts'

export type TwoFactorDeps = {
  accounts: Pick<Accounts, 'setUpTwoFactor' | 'confirmTwoFactor' | 'removeTwoFactor' | 'newBackupCodes'>
  attempts: Pick<Attempts, 'take' | 'forgive'>
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
      body: byPassword,
      answers: { 200: { description: 'It is off. The token to go on with.', schema: signedIn } },
      problems: ['password-wrong', 'two-factor-off', 'too-many-attempts'],
    },
    async ({ body, client, present: { person }, token, json }) => {
      checkOn(person)
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
      description: 'The old ones work no more.',
      body: byPassword,
      answers: { 201: { description: 'Shown only here.', schema: backupCodes } },
      problems: ['password-wrong', 'two-factor-off', 'too-many-attempts'],
    },
    async ({ body, client, present: { person }, token, json }) => {
      checkOn(person)
      const codes = await proved(person, client, () => accounts.newBackupCodes(token, normalized(body.password)))
      return json(201, { backup_codes: codes })
    },
  )

  /** What needs the password, within the rate at which it may be tried. */
  async function proved<Made>(person: Person, client: Client, run: () => Promise<Made | undefined>): Promise<Made> {
    await deps.attempts.take('sign_in', person.email, client.address)
    const made = await run()
    if (made === undefined) throw wrongPassword()
    await deps.attempts.forgive('sign_in', person.email)
    return made
  }
}

function checkOn(person: Person): void {
  if (!person.twoFactor) throw notSetUp()
}

const notSetUp = () => new DomainError('two-factor-off', 'It is off: set it up with POST /v1/auth/two-factor first.')
