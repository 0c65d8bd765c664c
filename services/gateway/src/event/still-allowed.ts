// Whether whoever opened a stream may still have it: asked at each event and heartbeat, from memory.
import { type ApiKeyRecord, type MemberRecord, memberKey, type TenantRecord } from '@wagate/messages/control.ts'
import { type Actor, isUsable } from '../access/actor.ts'
import type { Caller } from '../access/authenticate.ts'

export type StillAllowedDeps = {
  findKey: (keyId: string) => ApiKeyRecord | undefined
  findTenant: (tenantId: string) => TenantRecord | undefined
  findMember: (key: string) => MemberRecord | undefined
  now: () => Date
}

export function createStillAllowed(deps: StillAllowedDeps): (caller: Caller) => boolean {
  function isKnown(tenantId: string, actor: Actor): boolean {
    if (actor.kind === 'support') return false // it never has one
    // Every role may read events, of its account or, in the operators', of the installation.
    if (actor.kind === 'person') return deps.findMember(memberKey(tenantId, actor.personId)) !== undefined
    const key = deps.findKey(actor.keyId)
    return key !== undefined && isUsable(key, deps.now())
  }

  return ({ tenantId, actor, tokenUntil }) => {
    if (tokenUntil !== undefined && deps.now().getTime() >= tokenUntil * 1_000) return false
    return isKnown(tenantId, actor) && deps.findTenant(tenantId)?.status === 'active'
  }
}
