// Repairs drift between Postgres and the KV mirror: a process that died between the two writes, or a restored backup. Forgets keys that ended.
import { apiKey } from '@wagate/db/api-key.ts'
import { member } from '@wagate/db/member.ts'
import { tenant } from '@wagate/db/tenant.ts'
import { memberKey } from '@wagate/messages/control.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'
import { DatabaseUnavailable } from '@wagate/runtime/errors.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import { pause } from '@wagate/runtime/pause.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { isNull } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { forgetEndedKeys } from './ended-keys.ts'
import type { Control } from './manage.ts'
import { memberRecordOf } from './members.ts'
import { apiKeyRecordOf, tenantRecordOf } from './records.ts'

export type ReconcileDeps = {
  sql: Sql
  tenants: KvBucket
  apiKeys: KvBucket
  control: Control
  logger: Logger
  now: () => Date
  members: KvBucket
  supportAccesses: KvBucket
}

/** One gateway at a time: the others find the lock taken and leave the work to it. Any number will do, but always this one. */
const advisoryLock = 7_470_001
const everyMs = 60_000

/**
 * Compares every record; resolves with how many had drifted, or undefined when another gateway is at it. Reads each side once
 * and settles only the differences, each by compare-and-set.
 */
export async function reconcile(deps: ReconcileDeps): Promise<number | undefined> {
  return orUnavailable(
    async () =>
      deps.sql.begin(async (lock) => {
        const [row] = await lock<{ taken: boolean }[]>`select pg_try_advisory_xact_lock(${advisoryLock}) as taken`
        return row?.taken ? await compareAll(deps) : undefined
      }),
    everyMs,
  )
}

async function compareAll({
  sql,
  tenants,
  apiKeys,
  members,
  supportAccesses,
  control,
  now,
}: ReconcileDeps): Promise<number> {
  const database = drizzle(sql)
  for (const keyId of await forgetEndedKeys(sql, now())) await control.keys.mirrorKey(keyId)
  // The mirror is read first: whatever is in it was in Postgres before, so what Postgres lacks now is gone for good.
  const mirroredTenants = await valuesOf(tenants)
  const mirroredKeys = await valuesOf(apiKeys)
  const mirroredMembers = await valuesOf(members)
  const tenantRows = await database.select().from(tenant).where(isNull(tenant.erasedAt))
  const keyRows = await database.select().from(apiKey)
  const memberRows = await database.select().from(member)
  const wantedTenants = new Map(tenantRows.map((row) => [row.tenantId, JSON.stringify(tenantRecordOf(row))]))
  const wantedKeys = new Map(keyRows.map((row) => [row.keyId, JSON.stringify(apiKeyRecordOf(row))]))
  const wantedMembers = new Map(
    memberRows.map((row) => [memberKey(row.tenantId, row.personId), JSON.stringify(memberRecordOf(row))]),
  )
  let repaired = 0
  for (const id of differing(mirroredTenants, wantedTenants)) if (await control.mirrorTenant(id)) repaired++
  for (const id of differing(mirroredKeys, wantedKeys)) if (await control.keys.mirrorKey(id)) repaired++
  for (const key of differing(mirroredMembers, wantedMembers)) {
    const [tenantId = '', personId = ''] = key.split('.')
    if (await control.members.mirrorMember(tenantId, personId)) repaired++
  }
  // Only what is mirrored: an access that is not is refused, and comes back when its operator asks for a token.
  for (const key of (await valuesOf(supportAccesses)).keys()) {
    const [tenantId = '', accessId = ''] = key.split('.')
    await control.supportAccesses.mirrorAccess(tenantId, accessId)
  }
  return repaired
}

const differing = (actual: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): Set<string> =>
  new Set([...actual.keys(), ...wanted.keys()].filter((key) => actual.get(key) !== wanted.get(key)))

async function valuesOf(bucket: KvBucket): Promise<Map<string, string>> {
  const values = new Map<string, string>()
  const watch = await bucket.watch({
    onEntry: ({ key, value }) => {
      if (value) values.set(key, Buffer.from(value).toString())
      else values.delete(key)
    },
  })
  await watch.ready
  await watch.stop()
  return values
}

/** Reconciles now and every minute until the signal aborts. Outages are waited out. */
export async function keepReconciled(deps: ReconcileDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const repaired = await reconcile(deps)
      if (repaired) deps.logger.warn({ event: 'mirror.repaired', repaired }, 'the KV mirror had drifted from Postgres')
    } catch (error) {
      if (error instanceof DatabaseUnavailable) deps.logger.debug({ event: 'mirror.skipped' })
      else deps.logger.error({ event: 'mirror.failed', err: error })
    }
    await pause(everyMs, signal)
  }
}
