// Support access as the account has it that is looked into: it sees who, why and until when, and can end it.
import { supportAccessesQuery, supportAccessPage } from '@wagate/api/support.ts'
import { isId } from '@wagate/messages/ids.ts'
import { requestedBy } from '../access/requested-by.ts'
import type { SupportControl } from '../control/support-accesses.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import type { Mount } from '../http/route.ts'
import { presentAccess } from './present.ts'
import { noAccess } from './refusals.ts'

export type SupportTenantDeps = {
  supportAccesses: Pick<SupportControl, 'end' | 'list'>
  cursors: Cursors
  now: () => Date
}

const tag = 'Support access'

export function supportTenantRoutes(mount: Mount, deps: SupportTenantDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/support-accesses',
      scope: 'account:read',
      whileSuspended: true,
      tag,
      summary: 'List who of support looked into your account',
      description:
        'Why and until when. An operator sees how the account is set up and how it fares, never messages, chats, events, keys or exports. What was looked at is in the audit log: `support.looked`.',
      query: supportAccessesQuery,
      answers: { 200: { description: 'Newest first.', schema: supportAccessPage } },
      problems: ['invalid-cursor', 'views-unavailable'],
    },
    async ({ caller, query, json }) => {
      const { tenantId } = caller
      const { limit, cursor } = query
      const list = [tenantId, 'support accesses']
      const after = cursor === undefined ? undefined : deps.cursors.decode(list, cursor)
      const rows = await deps.supportAccesses.list(tenantId, { limit, after })
      const items = rows.map(({ item, position }) => ({ item: presentAccess(item, deps.now()), position }))
      return json(200, pageOf(items, limit, { cursors: deps.cursors, list }))
    },
  )

  mount(
    {
      method: 'delete',
      path: '/v1/support-accesses/{access_id}',
      audit: 'tenant.support_access_revoked',
      scope: 'account:write',
      whileDeleting: true,
      whileSuspended: true,
      tag,
      summary: 'End a support access',
      description: 'It holds at once; a repeat changes nothing.',
      answers: { 204: { description: 'Nobody looks any more.' } },
      problems: ['support-access-not-found', 'views-unavailable'],
    },
    async ({ caller, params, answer }) => {
      const id = params.access_id
      const isKnown =
        isId('supportAccess', id) && (await deps.supportAccesses.end(caller.tenantId, id, requestedBy(caller)))
      if (!isKnown) throw noAccess()
      return answer(204, null, {})
    },
  )
}
