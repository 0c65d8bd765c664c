// Support access as operators have it.
import {
  allSupportAccessesQuery,
  createSupportToken,
  openSupportAccess,
  supportAccess,
  supportAccessPage,
  supportToken,
} from '@wagate/api/support.ts'
import {
  operatorReadScope,
  operatorScope,
  type SupportAccessRecord,
  supportAccessKey,
} from '@wagate/messages/control.ts'
import { isId } from '@wagate/messages/ids.ts'
import { supportScopes } from '@wagate/messages/roles.ts'
import { actorId } from '../access/actor.ts'
import type { Caller } from '../access/authenticate.ts'
import { isOpen } from '../access/support.ts'
import type { SupportControl } from '../control/support-accesses.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import { type IdempotencyDeps, runOnce } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import type { Tokens } from '../token/tokens.ts'
import { type OpenDeps, openAccess } from './open.ts'
import { presentAccess, presentOpen } from './present.ts'
import { noAccess } from './refusals.ts'

export type SupportOperatorDeps = OpenDeps &
  IdempotencyDeps & {
    supportAccesses: Pick<SupportControl, 'open' | 'end' | 'list' | 'find' | 'mirrorAccess'>
    /** All that are in memory. */
    openSupportAccesses: () => Iterable<SupportAccessRecord>
    findSupportAccess: (key: string) => SupportAccessRecord | undefined
    refreshSupportAccess: (key: string) => Promise<SupportAccessRecord | undefined>
    tokens: Pick<Tokens, 'issue'>
    cursors: Cursors
  }

const tag = 'Operator'
/** As short as a person's own. */
const tokenMs = 300_000

export function supportOperatorRoutes(mount: Mount, deps: SupportOperatorDeps): void {
  mount(
    {
      method: 'post',
      path: '/v1/admin/tenants/{tenant_id}/support-accesses',
      audit: 'tenant.support_access_granted',
      scope: operatorScope,
      tag,
      summary: 'Look into an account',
      description:
        'For a while, read-only, and without messages, chats, events, keys or exports. The reason is mailed to the account’s owners; it, and what you look at, is in the account’s audit log. A suspended account can be looked into too.',
      body: openSupportAccess,
      answers: { 201: { description: 'The access. Get a token for it.', schema: supportAccess } },
      problems: ['tenant-not-found', 'views-unavailable'],
    },
    async (call) => {
      const { caller, body, params, origin } = call
      const run = async () => {
        const opened = await openAccess(deps, params.tenant_id, body, caller)
        return { status: 201, body: presentAccess(opened, deps.now()) }
      }
      const done = await runOnce(deps, caller, origin, { body, run })
      const { id, ends_at } = supportAccess.parse(done.body)
      call.note({ targets: [id], changes: { reason: body.reason, until: ends_at }, doneTo: params.tenant_id })
      return call.json(done.status, done.body, done.headers)
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/admin/support-accesses',
      scope: operatorReadScope,
      tag,
      summary: 'List support accesses',
      description: 'All that are open now; with `tenant_id` every one to that account, whether or not it is over.',
      query: allSupportAccessesQuery,
      answers: { 200: { description: 'Newest first.', schema: supportAccessPage } },
      problems: ['invalid-cursor', 'views-unavailable'],
    },
    async ({ query, json }) => {
      const { limit, cursor, tenant_id: tenantId } = query
      const list = ['admin', 'support accesses', tenantId ?? '']
      const after = cursor === undefined ? undefined : deps.cursors.decode(list, cursor)
      const paging = { cursors: deps.cursors, list }
      if (tenantId === undefined) return json(200, pageOf(openNow(after?.id).slice(0, limit + 1), limit, paging))
      const rows = await deps.supportAccesses.list(tenantId, { limit, after })
      const items = rows.map(({ item, position }) => ({ item: presentAccess(item, deps.now()), position }))
      return json(200, pageOf(items, limit, paging))
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/admin/tenants/{tenant_id}/support-accesses/{access_id}/tokens',
      audit: 'token.issued',
      scope: operatorScope,
      tag,
      summary: 'Get a token to look with',
      description: `For the account’s own read routes, in one mode; only for who opened the access. It works ${tokenMs / 60_000} minutes, and no longer than the access.`,
      body: createSupportToken,
      answers: { 201: { description: 'The token.', schema: supportToken } },
      problems: ['support-access-not-found', 'support-access-over', 'support-access-of-another', 'views-unavailable'],
    },
    async (call) => {
      const { tenant_id: tenantId, access_id: accessId } = call.params
      const { mode } = call.body
      const access = await openOne(tenantId, accessId)
      checkOwn(call.caller, access)
      const exp = new Date(Math.min(deps.now().getTime() + tokenMs, Date.parse(access.endsAt)))
      const token = await deps.tokens.issue({ sub: access.operatorId, support: accessId, tenant: tenantId, mode, exp })
      if (!token)
        throw new DomainError('broker-unavailable', 'There is no key to sign with yet: ask again in a few seconds.', {
          retryAfterSeconds: 2,
        })
      call.note({ changes: { mode, expires_at: exp.toISOString() } })
      return call.json(201, { token, mode, scopes: supportScopes, expires_at: exp.toISOString() })
    },
  )

  mount(
    {
      method: 'delete',
      path: '/v1/admin/tenants/{tenant_id}/support-accesses/{access_id}',
      audit: 'tenant.support_access_revoked',
      scope: operatorScope,
      tag,
      summary: 'End a support access',
      description: 'Any operator can. It holds at once; a repeat changes nothing.',
      answers: { 204: { description: 'Nobody looks any more.' } },
      problems: ['support-access-not-found', 'views-unavailable'],
    },
    async ({ caller, params, note, answer }) => {
      const { tenant_id: tenantId, access_id: accessId } = params
      if (!areIds(tenantId, accessId)) throw noAccess()
      const isKnown = await deps.supportAccesses.end(tenantId, accessId, `operator:${actorId(caller.actor)}`)
      if (!isKnown) throw noAccess()
      note({ doneTo: tenantId })
      return answer(204, null, {})
    },
  )

  function openNow(after: string | undefined) {
    const at = deps.now()
    return [...deps.openSupportAccesses()]
      .filter((record) => isOpen(record, at) && (after === undefined || record.accessId < after))
      .toSorted((a, b) => (a.accessId < b.accessId ? 1 : -1))
      .map((record) => ({ item: presentOpen(record), position: { key: '', id: record.accessId } }))
  }

  /** Of one that was opened a moment ago the watch may not have told yet; of one whose mirror was lost it is written again. */
  async function openOne(tenantId: string, accessId: string): Promise<SupportAccessRecord> {
    if (!areIds(tenantId, accessId)) throw noAccess()
    const key = supportAccessKey(tenantId, accessId)
    const known = deps.findSupportAccess(key)
    if (known && isOpen(known, deps.now())) return known
    await deps.supportAccesses.mirrorAccess(tenantId, accessId)
    const found = await deps.refreshSupportAccess(key)
    if (found && isOpen(found, deps.now())) return found
    if (!(await deps.supportAccesses.find(tenantId, accessId))) throw noAccess()
    throw new DomainError('support-access-over', 'This access has ended: open another one if you still need to look.')
  }
}

const areIds = (tenantId: string, accessId: string): boolean =>
  isId('tenant', tenantId) && isId('supportAccess', accessId)

function checkOwn({ actor }: Caller, { operatorId }: SupportAccessRecord): void {
  if (actorId(actor) === operatorId) return
  throw new DomainError(
    'support-access-of-another',
    'Another operator opened this access, for a reason of theirs: open one yourself.',
  )
}
