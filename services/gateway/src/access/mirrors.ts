// What requests are judged by, held in memory: keys, tenants, members, support accesses, and what tokens are signed with.
import {
  apiKeyRecord,
  memberRecord,
  signingKeyRecord,
  supportAccessRecord,
  tenantRecord,
} from '@wagate/messages/control.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import { type Mirror, mirror } from '@wagate/runtime/mirror.ts'
import { createRateLimiter } from '../http/rate-limit.ts'

export type MirroredBuckets = Record<'apiKeys' | 'tenants' | 'members' | 'supportAccesses' | 'signingKeys', KvBucket>

/** Looks a second in the buckets, of all that memory does not know: anybody can make such requests up. */
const lateLookups = { perSecond: 20, burst: 20 }

export async function openMirrors(buckets: MirroredBuckets, deps: { logger: Logger; monotonicMs: () => number }) {
  const keys = await mirror(buckets.apiKeys, apiKeyRecord, deps)
  const tenants = await mirror(buckets.tenants, tenantRecord, deps)
  const members = await mirror(buckets.members, memberRecord, deps)
  const supportAccesses = await mirror(buckets.supportAccesses, supportAccessRecord, deps)
  const signingRecords = await mirror(buckets.signingKeys, signingKeyRecord, deps)
  const all = [keys, tenants, members, supportAccesses, signingRecords]

  const take = createRateLimiter(lateLookups)
  const rarely =
    <Value>({ refresh }: Mirror<Value>) =>
    async (key: string): Promise<Value | undefined> =>
      take('unknown', deps.monotonicMs()).allowed ? refresh(key) : undefined

  return {
    /** For those who tell operators of changes. */
    watched: { tenants, supportAccesses },
    tenants: () => [...tenants.entries()].map(([, tenant]) => tenant),
    signingRecords: { ...signingRecords, refresh: rarely(signingRecords) },
    /** Resolves once all that was there at the start is in memory. */
    ready: Promise.all(all.map(({ ready }) => ready)),
    stop: () => Promise.all(all.map(({ stop }) => stop())),
    lookups: {
      ...{ findKey: keys.get, refreshKey: rarely(keys) },
      ...{ findTenant: tenants.get, refreshTenant: rarely(tenants) },
      ...{ findMember: members.get, refreshMember: rarely(members) },
      ...{ findSupportAccess: supportAccesses.get, refreshSupportAccess: rarely(supportAccesses) },
      openSupportAccesses: () => [...supportAccesses.entries()].map(([, access]) => access),
    },
  }
}
