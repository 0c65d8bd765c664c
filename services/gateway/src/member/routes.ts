// The people of a tenant: who they are, what they may do, who is asked to join.
import {
  createInvitation,
  type Invitation,
  invitation,
  invitations,
  members,
  roleTable,
  updateMember,
} from '@wagate/api/member.ts'
import { limitsOf, type Role, roles, type TenantRecord } from '@wagate/messages/control.ts'
import { isId } from '@wagate/messages/ids.ts'
import { mayGive, scopesOfRole } from '@wagate/messages/roles.ts'
import { actorId } from '../access/actor.ts'
import type { Caller } from '../access/authenticate.ts'
import type { Client } from '../account/accounts.ts'
import type { Attempts } from '../account/attempts.ts'
import type { MemberControl, MemberRow } from '../control/members.ts'
import { type IdempotencyDeps, runOnce } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import { invitationLink } from '../mail/links.ts'
import { type QueueMail, tell } from '../mail/mail.ts'
import { type Invitations, invitationDays } from './invitations.ts'
import { presentInvitation, presentMember } from './present.ts'
import { settle, unknownMember } from './settle.ts'
import { membersTag as tag } from './tag.ts'

type Wanted = { email: string; role: Role }

export type MemberDeps = IdempotencyDeps & {
  members: Pick<MemberControl, 'list' | 'changeRole' | 'remove'>
  invitations: Pick<Invitations, 'create' | 'list' | 'remove'>
  attempts: Pick<Attempts, 'take'>
  queueMail: QueueMail
  dashboardUrl: string
}

export function memberRoutes(mount: Mount, deps: MemberDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/roles',
      scope: 'members:read',
      tag,
      summary: 'List the roles',
      description: 'And what each may do, in the words of the scopes that API keys have.',
      answers: { 200: { description: 'The mightiest first.', schema: roleTable } },
    },
    ({ caller, json }) =>
      json(200, { data: roles.map((role) => ({ role, scopes: scopesOfRole(caller.tenant, role) })) }),
  )

  mount(
    {
      method: 'get',
      path: '/v1/members',
      scope: 'members:read',
      tag,
      summary: 'List the members',
      answers: { 200: { description: 'Who came first, first.', schema: members } },
      problems: ['views-unavailable'],
    },
    async ({ caller, json }) => json(200, { data: (await deps.members.list(caller.tenantId)).map(presentMember) }),
  )

  mount(
    {
      method: 'patch',
      path: '/v1/members/{person_id}',
      audit: 'member.role_changed',
      scope: 'members:write',
      tag,
      summary: 'Change a role',
      description:
        'It holds at once, also for tokens that are about. Nobody gives or takes a role that may do more than his own.',
      body: updateMember,
      answers: { 204: { description: 'It is changed.' } },
      problems: ['member-not-found', 'role-too-high', 'last-owner', 'views-unavailable'],
    },
    async ({ caller, params, body, note, answer }) => {
      const { role } = await memberOf(caller, params.person_id)
      checkRole(caller, role)
      checkRole(caller, body.role)
      settle(await deps.members.changeRole(caller.tenantId, params.person_id, body.role))
      note({ changes: { from: role, to: body.role } })
      return answer(204, null, {})
    },
  )

  mount(
    {
      method: 'delete',
      path: '/v1/members/{person_id}',
      audit: 'member.removed',
      scope: 'members:write',
      tag,
      summary: 'Remove a member',
      description: 'It holds at once, and the person is told by mail. What he made stays, API keys too.',
      answers: { 204: { description: 'It is removed.' } },
      problems: ['member-not-found', 'role-too-high', 'last-owner', 'views-unavailable'],
    },
    async ({ caller, params, answer }) => {
      const { personId, role, email, name } = await memberOf(caller, params.person_id)
      checkRole(caller, role)
      settle(await deps.members.remove(caller.tenantId, personId))
      const isOwnDoing = actorId(caller.actor) === personId
      const { name: tenantName } = caller.tenant
      if (!isOwnDoing) await tell(deps.queueMail, { to: email, kind: 'member_removed', tenantName, name })
      return answer(204, null, {})
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/invitations',
      audit: 'member.invited',
      scope: 'members:write',
      tag,
      summary: 'Invite somebody',
      description: `Mails a link; whoever is signed in with that address may join for ${invitationDays} days. In place of an earlier invitation of the address.`,
      body: createInvitation,
      answers: { 201: { description: 'The invitation.', schema: invitation } },
      problems: ['role-too-high', 'already-member', 'member-limit-reached', 'too-many-attempts', 'views-unavailable'],
    },
    async ({ caller, body, client, origin, note, json }) => {
      const run = async () => ({ status: 201, body: await invite(caller, body, client) })
      const done = await runOnce(deps, caller, origin, { body, run })
      note({ targets: [invitation.parse(done.body).id], changes: { role: body.role } })
      return json(done.status, done.body, done.headers)
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/invitations',
      scope: 'members:read',
      tag,
      summary: 'List the open invitations',
      answers: { 200: { description: 'Newest first.', schema: invitations } },
      problems: ['views-unavailable'],
    },
    async ({ caller, json }) =>
      json(200, { data: (await deps.invitations.list(caller.tenantId)).map(presentInvitation) }),
  )

  mount(
    {
      method: 'delete',
      path: '/v1/invitations/{invitation_id}',
      audit: 'invitation.revoked',
      scope: 'members:write',
      tag,
      summary: 'Withdraw an invitation',
      answers: { 204: { description: 'Nobody can accept it any more.' } },
      problems: ['invitation-not-found', 'views-unavailable'],
    },
    async ({ caller, params, answer }) => {
      const id = params.invitation_id
      if (isId('invitation', id) && (await deps.invitations.remove(caller.tenantId, id))) return answer(204, null, {})
      throw new DomainError(
        'invitation-not-found',
        'There is no open invitation with this id: see GET /v1/invitations.',
      )
    },
  )

  async function invite(caller: Caller, { email, role }: Wanted, client: Client): Promise<Invitation> {
    const { tenantId } = caller
    checkRole(caller, role)
    await deps.attempts.take('invitation', tenantId, client.address)
    const present = await deps.members.list(tenantId)
    if (present.some((member) => member.email === email))
      throw new DomainError('already-member', 'This address belongs to a member already: change the role instead.')
    const open = (await deps.invitations.list(tenantId)).filter((one) => one.email !== email)
    checkRoom(caller.tenant, present.length + open.length)
    const made = await deps.invitations.create({ tenantId, email, role, invitedBy: actorId(caller.actor) })
    await deps.queueMail({
      ...{ to: email, kind: 'invitation', tenantName: caller.tenant.name, role, validDays: invitationDays },
      inviterName: nameOf(caller, present),
      link: invitationLink(deps.dashboardUrl, made.invitationId),
    })
    return presentInvitation(made)
  }

  async function memberOf({ tenantId }: Caller, personId: string): Promise<MemberRow> {
    const found = (await deps.members.list(tenantId)).find((member) => member.personId === personId)
    if (!found) throw unknownMember()
    return found
  }
}

/** Invitations count. */
function checkRoom(tenant: TenantRecord, taken: number): void {
  const { members: limit } = limitsOf(tenant)
  if (taken >= limit)
    throw new DomainError(
      'member-limit-reached',
      `Your plan has room for ${limit} members and open invitations: remove one, or change the plan with POST /v1/plan.`,
    )
}

function checkRole({ scopes, tenant }: Caller, role: Role): void {
  if (mayGive(tenant, scopes, role)) return
  throw new DomainError('role-too-high', `The role ${role} may do more than you may: ask somebody who has it.`)
}

const nameOf = ({ actor, tenant }: Caller, members: readonly MemberRow[]): string =>
  (actor.kind === 'person' && members.find(({ personId }) => personId === actor.personId)?.name) || tenant.name
