// What a person is and where he belongs.
import { createTenant, type Me, me, newTenant, person, updatePerson } from '@wagate/api/account.ts'
import { isId } from '@wagate/messages/ids.ts'
import type { MemberControl } from '../control/members.ts'
import { DomainError } from '../http/problem.ts'
import type { MountForPeople } from '../http/route.ts'
import type { Invitations } from '../member/invitations.ts'
import { settle } from '../member/settle.ts'
import type { Accounts, Person } from './accounts.ts'
import { presentMembership, presentOwnInvitation, presentPerson, presentWelcome } from './present.ts'
import { noTenant } from './refusals.ts'
import { accountTag as tag } from './tag.ts'
import { foundingNote, openTenant, tooManyMemberships, type WelcomeDeps } from './welcome.ts'

export type MeDeps = WelcomeDeps & {
  accounts: Pick<Accounts, 'rename'>
  members: Pick<MemberControl, 'add' | 'remove' | 'tenantsOf'>
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
      unaudited: 'a name lets nobody in',
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
      audit: 'tenant.created',
      tag,
      summary: 'Open another account',
      description: 'You own it. It comes with a test key and a virtual phone.',
      body: createTenant,
      answers: { 201: { description: 'The account.', schema: newTenant } },
      problems: ['tenant-limit-reached', 'broker-unavailable'],
    },
    async ({ body, present, note, json }) => {
      const welcome = await openTenant(deps, present.person.id, body.name)
      note(foundingNote(present.person.id, welcome))
      return json(201, presentWelcome(welcome))
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/auth/invitations/{invitation_id}/accept',
      audit: 'member.joined',
      tag,
      summary: 'Join an account',
      description: 'That your address was invited to.',
      answers: { 200: { description: 'You, as a member.', schema: me } },
      problems: ['invitation-not-found', 'tenant-limit-reached', 'broker-unavailable'],
    },
    async ({ params, present, note, json }) => {
      const { id, email } = present.person
      const invitation = (await deps.invitations.of(email)).find((one) => one.invitationId === params.invitation_id)
      if (!invitation)
        throw new DomainError(
          'invitation-not-found',
          'Your address has no invitation with this id: it may be over or withdrawn. See GET /v1/auth/me.',
        )
      const { tenantId, role } = invitation
      if ((await deps.members.add(tenantId, id, role)) === 'full') throw tooManyMemberships()
      note({ tenantIds: [tenantId], changes: { role } })
      await deps.invitations.remove(invitation.tenantId, invitation.invitationId)
      return json(200, await shown(present.person))
    },
  )

  mount(
    {
      method: 'delete',
      path: '/v1/auth/memberships/{tenant_id}',
      audit: 'member.removed',
      tag,
      summary: 'Leave an account',
      description: 'What you made there stays.',
      answers: { 204: { description: 'You are no member any more.' } },
      problems: ['tenant-not-found', 'last-owner', 'broker-unavailable'],
    },
    async ({ params, present, note, answer }) => {
      if (!isId('tenant', params.tenant_id)) throw noTenant()
      const change = await deps.members.remove(params.tenant_id, present.person.id)
      if (change === 'unknown') throw noTenant()
      settle(change)
      note({ tenantIds: [params.tenant_id] })
      return answer(204, null, {})
    },
  )

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
