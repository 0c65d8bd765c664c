// A tenant as its members see it.
import { tenant, transferOwnership, updateTenant } from '@wagate/api/member.ts'
import type { TenantRecord } from '@wagate/messages/control.ts'
import type { Control } from '../control/manage.ts'
import type { MemberControl } from '../control/members.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import { type QueueMail, tell } from '../mail/mail.ts'
import { settle, unknownMember } from './settle.ts'
import { membersTag as tag } from './tag.ts'

export type TenantDeps = {
  members: Pick<MemberControl, 'list' | 'transfer'>
  control: Pick<Control, 'renameTenant'>
  queueMail: QueueMail
}

export function tenantRoutes(mount: Mount, deps: TenantDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/tenant',
      scope: 'account:read',
      whileSuspended: true,
      tag,
      summary: 'Get the account',
      description:
        'Also while it is suspended, with the reason. Of everything else only support accesses are shown and ended then.',
      answers: { 200: { description: 'The account.', schema: tenant } },
    },
    ({ caller, json }) => json(200, present(caller.tenant)),
  )

  mount(
    {
      method: 'patch',
      path: '/v1/tenant',
      audit: 'tenant.renamed',
      scope: 'account:write',
      tag,
      summary: 'Rename the account',
      body: updateTenant,
      answers: { 200: { description: 'The account.', schema: tenant } },
      problems: ['views-unavailable'],
    },
    async ({ caller, body, note, json }) => {
      note({ targets: [caller.tenantId] })
      await deps.control.renameTenant(caller.tenantId, body.name)
      return json(200, present({ ...caller.tenant, name: body.name }))
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/tenant/ownership',
      audit: 'tenant.ownership_transferred',
      scope: 'account:own',
      tag,
      summary: 'Hand the account over',
      description: 'To another member, who becomes its owner; you become an admin. Only an owner can, in person.',
      body: transferOwnership,
      answers: { 204: { description: 'It is handed over.' } },
      problems: ['member-not-found', 'views-unavailable'],
    },
    async ({ caller, body, note, answer }) => {
      if (caller.actor.kind !== 'person')
        throw new DomainError('scope-missing', 'Only a person who owns the account can hand it over.')
      const { personId: formerId } = caller.actor
      const all = await deps.members.list(caller.tenantId)
      const to = all.find(({ personId }) => personId === body.person_id)
      if (!to) throw unknownMember()
      settle(await deps.members.transfer(caller.tenantId, formerId, to.personId))
      note({ targets: [to.personId] })
      const former = all.find(({ personId }) => personId === formerId && personId !== to.personId)
      if (!former) return answer(204, null, {})
      const { name: tenantName } = caller.tenant
      await tell(deps.queueMail, { to: to.email, kind: 'ownership_transfer', tenantName, name: to.name })
      const handedOver = { kind: 'ownership_handed_over', tenantName, name: former.name, toName: to.name } as const
      await tell(deps.queueMail, { to: former.email, ...handedOver })
      return answer(204, null, {})
    },
  )
}

const present = ({ tenantId, name, status, operators, suspension, createdAt }: TenantRecord) => ({
  ...{ id: tenantId, name, status, operators: operators === true, created_at: createdAt },
  suspended: suspension ? { since: suspension.since, reason: suspension.reason ?? null } : null,
})
