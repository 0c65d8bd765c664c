import { createDeletion, deletion } from '@wagate/api/deletion.ts'
import { requestedBy } from '../access/requested-by.ts'
import type { DeletionControl } from '../control/deletion.ts'
import { DomainError, invalid } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import { ownersToTell, type TellOwnersDeps } from './tell-owners.ts'

export type DeletionDeps = TellOwnersDeps & {
  deletions: Pick<DeletionControl, 'begin' | 'takeBack'>
  /** How long it can be taken back. */
  deletionGraceMs: number
}

const tag = 'Data'

export function deletionRoutes(mount: Mount, deps: DeletionDeps): void {
  mount(
    {
      method: 'post',
      path: '/v1/tenant/deletion',
      audit: 'tenant.deletion_requested',
      scope: 'account:own',
      whileDeleting: true,
      tag,
      summary: 'Delete the account',
      description:
        'With everything in it, for good, when the time of grace is over; its owners are told by mail. Until then it can be read, exported and taken back, and nothing else; linked phones stay linked until the end.',
      body: createDeletion,
      answers: { 202: { description: 'When it is erased.', schema: deletion } },
      problems: ['views-unavailable'],
    },
    async (call) => {
      const { tenantId, tenant } = call.caller
      if (call.body.name !== tenant.name)
        throw invalid(
          'name',
          "This is not the account's name: write it exactly as it is, to show that you mean this one.",
        )
      const asked = { graceMs: deps.deletionGraceMs, requestedBy: requestedBy(call.caller) }
      const tellOwners = await ownersToTell(deps, tenant)
      const deletesAt = await deps.deletions.begin(tenantId, asked)
      const deletes_at = deletesAt.toISOString()
      call.note({ targets: [tenantId], changes: { deletes_at } })
      if (tenant.deletesAt === undefined) await tellOwners({ by: call.caller.actor, at: deletesAt })
      return call.json(202, { deletes_at })
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/tenant/deletion',
      scope: 'account:read',
      tag,
      summary: 'Tell whether the account is to be deleted',
      answers: { 200: { description: 'When it is erased, if it is.', schema: deletion } },
    },
    async (call) => call.json(200, { deletes_at: call.caller.tenant.deletesAt ?? null }),
  )

  mount(
    {
      method: 'delete',
      path: '/v1/tenant/deletion',
      audit: 'tenant.deletion_cancelled',
      scope: 'account:own',
      whileDeleting: true,
      tag,
      summary: 'Take the deletion of the account back',
      answers: { 204: { description: 'The account works again.' } },
      problems: ['no-deletion', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, tenant, actor } = call.caller
      call.note({ targets: [tenantId] })
      const tellOwners = await ownersToTell(deps, tenant)
      if (!(await deps.deletions.takeBack(tenantId)))
        throw new DomainError(
          'no-deletion',
          'The account is not to be deleted, or its deletion has begun: nothing to take back.',
        )
      await tellOwners({ by: actor })
      return call.answer(204, null, {})
    },
  )
}
