import {
  secondFactor,
  signedIn,
  signInAnswer,
  signInBody,
  tenantToken,
  tenantTokenAnswer,
} from '@wagate/api/account.ts'
import { type MemberRecord, memberKey, type TenantRecord } from '@wagate/messages/control.ts'
import { isId } from '@wagate/messages/ids.ts'
import { scopesOfRole } from '@wagate/messages/roles.ts'
import { DomainError } from '../http/problem.ts'
import type { MountForPeople, MountOpen } from '../http/route.ts'
import { type QueueMail, tell } from '../mail/mail.ts'
import type { Tokens } from '../token/tokens.ts'
import type { Accounts, Client, SignedIn } from './accounts.ts'
import type { Attempts } from './attempts.ts'
import { normalized } from './password.ts'
import { presentPerson } from './present.ts'
import { noTenant, refusalOf } from './refusals.ts'
import { accountTag as tag } from './tag.ts'

export type SignInDeps = {
  accounts: Pick<Accounts, 'signIn' | 'passSecondFactor' | 'signOut' | 'devices'>
  attempts: Pick<Attempts, 'take' | 'forgive'>
  tokens: Pick<Tokens, 'issue'>
  findMember: (key: string) => MemberRecord | undefined
  refreshMember: (key: string) => Promise<MemberRecord | undefined>
  findTenant: (tenantId: string) => TenantRecord | undefined
  refreshTenant: (tenantId: string) => Promise<TenantRecord | undefined>
  queueMail: QueueMail
  now: () => Date
}

/** Short, because a sign-in that was ended elsewhere ends with it. */
const tokenSeconds = 300

export function signInRoutes(mountOpen: MountOpen, mountForPeople: MountForPeople, deps: SignInDeps): void {
  const { accounts, attempts, now } = deps

  mountOpen(
    {
      method: 'post',
      path: '/v1/auth/sign-in',
      audit: 'person.signed_in',
      tag,
      summary: 'Sign in',
      description: 'With a second factor switched on, the answer is a challenge for `POST /v1/auth/second-factor`.',
      body: signInBody,
      answers: { 200: { description: 'Signed in, or half way.', schema: signInAnswer } },
      problems: ['sign-in-refused', 'email-not-verified', 'too-many-attempts'],
    },
    async ({ body: { email, password }, client, note, json }) => {
      await attempts.take('sign_in', email, client.address)
      const entered = await accounts.signIn({ email, password: normalized(password), client })
      if (entered.kind === 'refused') throw refusalOf(entered, 'password')
      await attempts.forgive('sign_in', email)
      if (entered.kind === 'second_factor') {
        const { challenge, expiresAt } = entered
        const second_factor = { challenge, expires_at: expiresAt.toISOString() }
        return json(200, { session_token: null, person: null, second_factor })
      }
      await tellOfNewDevice(entered, client)
      note({ personId: entered.person.id, changes: { second_factor: 'none' } })
      return json(200, { session_token: entered.token, person: presentPerson(entered.person), second_factor: null })
    },
  )

  mountOpen(
    {
      method: 'post',
      path: '/v1/auth/second-factor',
      audit: 'person.signed_in',
      tag,
      summary: 'Sign in with a second factor',
      body: secondFactor,
      answers: { 200: { description: 'Signed in.', schema: signedIn } },
      problems: ['second-factor-refused', 'too-many-attempts'],
    },
    async ({ body, client, note, json }) => {
      await attempts.take('sign_in', body.challenge, client.address)
      const given = body.code === undefined ? { backupCode: body.backup_code ?? '' } : { code: body.code }
      const entered = await accounts.passSecondFactor(body.challenge, given, client)
      if (entered.kind === 'refused') throw refusalOf(entered, 'second_factor')
      if (entered.kind !== 'signed_in') throw refusalOf({ kind: 'refused', reason: 'over' }, 'second_factor')
      await tellOfNewDevice(entered, client)
      const factor = body.code === undefined ? 'backup_code' : 'code'
      note({ personId: entered.person.id, changes: { second_factor: factor } })
      return json(200, { session_token: entered.token, person: presentPerson(entered.person) })
    },
  )

  mountForPeople(
    {
      method: 'post',
      path: '/v1/auth/sign-out',
      audit: 'person.signed_out',
      tag,
      summary: 'Sign out',
      answers: { 204: { description: 'The token is worth nothing any more.' } },
    },
    async ({ token, answer }) => {
      await accounts.signOut(token)
      return answer(204, null, {})
    },
  )

  mountForPeople(
    {
      method: 'post',
      path: '/v1/auth/tokens',
      unaudited: 'it stands for a sign-in and a role that are there already',
      tag,
      summary: 'Get a token for an account',
      description: `With it a person uses the API within one account and mode, as far as the role goes; a change of the role holds at once. It works ${tokenSeconds} seconds: get the next one in time.`,
      body: tenantToken,
      answers: { 201: { description: 'The token.', schema: tenantTokenAnswer } },
      problems: ['tenant-not-found', 'second-factor-required', 'broker-unavailable'],
    },
    async ({ body, present, json }) => {
      const { id } = present.person
      const key = memberKey(body.tenant_id, id)
      const member = isId('tenant', body.tenant_id)
        ? (deps.findMember(key) ?? (await deps.refreshMember(key)))
        : undefined
      const tenant = member && (deps.findTenant(member.tenantId) ?? (await deps.refreshTenant(member.tenantId)))
      if (!member || !tenant) throw noTenant()
      if (tenant.operators && !present.person.twoFactor)
        throw new DomainError(
          'second-factor-required',
          'Operators sign in with a second factor: switch it on with POST /v1/auth/two-factor, then ask again.',
        )
      const exp = new Date(now().getTime() + tokenSeconds * 1_000)
      const mode = tenant.operators ? 'live' : body.mode // an account without sessions has no test mode
      const token = await deps.tokens.issue({ sub: id, person: true, tenant: member.tenantId, mode, exp })
      const { role } = member
      return json(201, { token, role, scopes: scopesOfRole(tenant, role), expires_at: exp.toISOString() })
    },
  )

  /** What a thief would do too, so its owner is told; not of the first device of all. */
  async function tellOfNewDevice({ token, signInId, person }: SignedIn, { userAgent }: Client): Promise<void> {
    const others = (await accounts.devices(token, signInId)).filter((device) => !device.current)
    if (others.length === 0 || others.some((device) => device.userAgent === (userAgent ?? ''))) return
    await tell(deps.queueMail, { to: person.email, kind: 'new_sign_in', name: person.name, at: now(), userAgent })
  }
}
