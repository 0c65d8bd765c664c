// Opens an access. Its owners have the mail before anybody can look.
import type { OpenSupportAccess } from '@wagate/api/support.ts'
import type { TenantRecord } from '@wagate/messages/control.ts'
import { actorId } from '../access/actor.ts'
import type { Caller } from '../access/authenticate.ts'
import { notPermitted } from '../access/check-scope.ts'
import type { MemberControl } from '../control/members.ts'
import type { SupportAccessRow, SupportControl } from '../control/support-accesses.ts'
import { DomainError } from '../http/problem.ts'
import type { QueueMail } from '../mail/mail.ts'

export type OpenDeps = {
  supportAccesses: Pick<SupportControl, 'open'>
  members: Pick<MemberControl, 'list'>
  findTenant: (tenantId: string) => TenantRecord | undefined
  refreshTenant: (tenantId: string) => Promise<TenantRecord | undefined>
  queueMail: QueueMail
  now: () => Date
}

/** Throws `tenant-not-found`, for the operators' own account too. */
export async function openAccess(
  deps: OpenDeps,
  tenantId: string,
  { reason, minutes = 60 }: OpenSupportAccess,
  caller: Caller,
): Promise<SupportAccessRow> {
  const tenant = deps.findTenant(tenantId) ?? (await deps.refreshTenant(tenantId))
  if (!tenant || tenant.operators) throw new DomainError('tenant-not-found', 'There is no account with this id.')
  if (caller.actor.kind === 'support') throw notPermitted('Support access opens no other one.')
  const until = new Date(deps.now().getTime() + minutes * 60_000)
  for (const { email, name, role } of await deps.members.list(tenantId))
    if (role === 'owner')
      await deps.queueMail({
        ...{ to: email, kind: 'support_access_opened', name, tenantName: tenant.name, reason, until },
      })
  const operator = { operatorsId: caller.tenantId, operatorKind: caller.actor.kind, operatorId: actorId(caller.actor) }
  return deps.supportAccesses.open(tenantId, { ...operator, reason, minutes })
}
