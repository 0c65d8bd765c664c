// An operator who looks into a tenant, from memory: his token counts while the access is open, and while he is an operator.
import {
  type ApiKeyRecord,
  type MemberRecord,
  memberKey,
  operatorScope,
  type SupportAccessRecord,
  supportAccessKey,
  type TenantRecord,
} from '@wagate/messages/control.ts'
import { scopesOfRole, supportScopes } from '@wagate/messages/roles.ts'
import type { Claims } from '../token/claims.ts'
import { isUsable } from './actor.ts'
import type { Caller } from './authenticate.ts'
import { notPermitted } from './check-scope.ts'

export type SupportDeps = {
  /** By `supportAccessKey`. */
  findSupportAccess: (key: string) => SupportAccessRecord | undefined
  refreshSupportAccess: (key: string) => Promise<SupportAccessRecord | undefined>
  now: () => Date
}
/** What memory, or else the bucket, knows. */
type Known = {
  keyOf: (keyId: string) => Promise<ApiKeyRecord | undefined>
  memberOf: (key: string) => Promise<MemberRecord | undefined>
  tenantOf: (tenantId: string) => Promise<TenantRecord | undefined>
}

/** Each request with an access may leave an entry in the tenant's log: somebody who looks needs no more than this. */
const requestsPerSecond = 10

export const isOpen = ({ endsAt }: Pick<SupportAccessRecord, 'endsAt'>, at: Date): boolean =>
  Date.parse(endsAt) > at.getTime()

export function createSupport(deps: SupportDeps, known: Known) {
  /** An operator who was removed, or a key that was revoked, looks no more. */
  async function isOperator({ operatorsId, operatorKind, operatorId }: SupportAccessRecord): Promise<boolean> {
    if (operatorKind === 'key') {
      const key = await known.keyOf(operatorId)
      return key?.tenantId === operatorsId && key.scopes.includes(operatorScope) && isUsable(key, deps.now())
    }
    const member = await known.memberOf(memberKey(operatorsId, operatorId))
    const tenant = await known.tenantOf(operatorsId)
    return tenant !== undefined && member !== undefined && scopesOfRole(tenant, member.role).includes(operatorScope)
  }

  return async ({ tenant: tenantId, sub, mode, support: accessId = '' }: Claims) => {
    const key = supportAccessKey(tenantId, accessId)
    const access = deps.findSupportAccess(key) ?? (await deps.refreshSupportAccess(key))
    if (!access || access.operatorId !== sub || !isOpen(access, deps.now()) || !(await isOperator(access)))
      return undefined
    const actor = { kind: 'support', accessId, operatorId: sub } as const
    return { tenantId, mode, actor, scopes: supportScopes, requestsPerSecond }
  }
}

/** Its scopes only read as it is; this holds whatever a route may ask for one day. */
export function checkLooking({ actor }: Pick<Caller, 'actor'>, { method }: { method: string }): void {
  if (actor.kind !== 'support' || method === 'get') return
  throw notPermitted('Support access only looks: it changes nothing.')
}
