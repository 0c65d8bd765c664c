// What a person is and where he belongs.
import { createTenant, type Me, me, newTenant, person, updatePerson } from '@wagate/api/account.ts'
import type { AuditAction, AuditChanges } from '@wagate/messages/audit.ts'
import { isId } from '@wagate/messages/ids.ts'
import type { MemberControl } from '../control/members.ts'
import { DomainError } from '../http/problem.ts'
import type { MountForPeople } from '../http/route.ts'
import type { Invitations } from '../member/invitations.ts'
import { settle } from '../member/settle.ts'
import type { Accounts, Client, Person } from './accounts.ts'
import { presentMembership, presentOwnInvitation, presentPerson, presentWelcome } from './present.ts'
import { noTenant } from './refusals.ts'
import { accountTag as tag } from './tag.ts'
import { openTenant, type WelcomeDeps } from './welcome.ts'

export type MeDeps = WelcomeDeps & {
  accounts: Pick<Accounts, 'rename'>
  members: Pick<MemberControl, 'remove'>
  invitations: Pick<Invitations, 'of' | 'remove'>
}

export function meRoutes(mount: MountForPeople, deps: MeDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/auth/me',
      tag,
      summary: 'Get yourself',
      description: 'With the accounts that you belong to, and those that you are invited to.',
      answers: { 200: { description: 'You.', schema: me } },
    },
    async ({ present, json }) => json(200, await shown(present.person)),
  )

  mount(
    {
      method: 'patch',
      path: '/v1/auth/me',
      tag,
      summary: 'Change your name',
      body: updatePerson,
      answers: { 200: { description: 'You.', schema: person } },
    },
    async ({ body, present, token, json }) => {
      await deps.accounts.rename(token, body.name)
      return json(200, presentPerson({ ...present.person, name: body.name }))
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/auth/tenants',
      tag,
      summary: 'Open another account',
      description: 'You own it. It comes with a test key and a virtual phone.',
      body: createTenant,
      answers: { 201: { description: 'The account.', schema: newTenant } },
      problems: ['tenant-limit-reached', 'broker-unavailable'],
    },
    async ({ body, present, client, json }) =>
      json(201, presentWelcome(await openTenant(deps, present.person.id, body.name, client))),
  )

  mount(
    {
      method: 'post',
      path: '/v1/auth/invitations/{invitation_id}/accept',
      tag,
      summary: 'Join an account',
      description: 'That your address was invited to.',
      answers: { 200: { description: 'You, as a member.', schema: me } },
      problems: ['invitation-not-found', 'broker-unavailable'],
    },
    async ({ params, present, client, json }) => {
      const { id, email } = present.person
      const invitation = (await deps.invitations.of(email)).find((one) => one.invitationId === params.invitation_id)
      if (!invitation)
        throw new DomainError(
          'invitation-not-found',
          'Your address has no invitation with this id: it may be over or withdrawn. See GET /v1/auth/me.',
        )
      const { tenantId, role } = invitation
      await deps.members.add(tenantId, id, role)
      await onRecord(tenantId, id, 'member.joined', client, { role })
      await deps.invitations.remove(invitation.tenantId, invitation.invitationId)
      return json(200, await shown(present.person))
    },
  )

  mount(
    {
      method: 'delete',
      path: '/v1/auth/memberships/{tenant_id}',
      tag,
      summary: 'Leave an account',
      description: 'What you made there stays.',
      answers: { 204: { description: 'You are no member any more.' } },
      problems: ['tenant-not-found', 'last-owner', 'broker-unavailable'],
    },
    async ({ params, present, client, answer }) => {
      if (!isId('tenant', params.tenant_id)) throw noTenant()
      const change = await deps.members.remove(params.tenant_id, present.person.id)
      if (change === 'unknown') throw noTenant()
      settle(change)
      await onRecord(params.tenant_id, present.person.id, 'member.removed', client, {})
      return answer(204, null, {})
    },
  )

  /** A person's own doing, in the log of the account that it changes. */
  const onRecord = (tenantId: string, id: string, action: AuditAction, { address }: Client, changes: AuditChanges) =>
    deps.audit.record({ tenantId, actor: { kind: 'person', id }, action, targets: [id], address, changes })

  async function shown(person: Person): Promise<Me> {
    const { id, email } = person
    const [tenants, invitations] = await Promise.all([deps.members.tenantsOf(id), deps.invitations.of(email)])
    return {
      person: presentPerson(person),
      tenants: tenants.map(presentMembership),
      invitations: invitations.map(presentOwnInvitation),
    }
  }
}
