// Rows of the control tables → values of the KV mirror, and the one way to bring a mirror value up to date.
import type { apiKey } from '@wagate/db/api-key.ts'
import type { tenant } from '@wagate/db/tenant.ts'
import { type ApiKeyRecord, allScopes, type TenantRecord } from '@wagate/messages/control.ts'
import { type LimitOverrides, limitOverrides, limitsWith } from '@wagate/messages/plans.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'
import { WrongLastSequence } from '@wagate/runtime/errors.ts'

export function tenantRecordOf(row: typeof tenant.$inferSelect): TenantRecord {
  return {
    v: 1,
    tenantId: row.tenantId,
    name: row.name,
    status: row.status,
    ...(row.operators && { operators: true as const }),
    ...(row.status === 'suspended' && {
      suspension: {
        since: (row.suspendedAt ?? row.updatedAt).toISOString(),
        ...(row.suspendedReason !== null && { reason: row.suspendedReason }),
      },
    }),
    plan: row.plan,
    limits: limitsWith(row.plan, overridesOf(row)),
    createdAt: row.createdAt.toISOString(),
    ...(row.deletesAt && { deletesAt: row.deletesAt.toISOString() }),
  }
}

/** What the column holds was checked when it was written; a row that was edited by hand into nonsense must not stop the others. */
export const overridesOf = ({ overrides }: Pick<typeof tenant.$inferSelect, 'overrides'>): LimitOverrides =>
  limitOverrides.catch({}).parse(overrides)

export function apiKeyRecordOf(row: typeof apiKey.$inferSelect): ApiKeyRecord {
  return {
    v: 1,
    keyId: row.keyId,
    tenantId: row.tenantId,
    mode: row.mode,
    secretHash: row.secretHash,
    scopes: allScopes.filter((scope) => row.scopes.includes(scope)),
    createdAt: row.createdAt.toISOString(),
    ...(row.sessionIds && { sessionIds: row.sessionIds }),
    ...(row.requestsPerSecond !== null && { requestsPerSecond: row.requestsPerSecond }),
    ...(row.expiresAt && { expiresAt: row.expiresAt.toISOString() }),
    ...(row.revokedAt && { revokedAt: row.revokedAt.toISOString() }),
  }
}

const maxAttempts = 5

/**
 * Makes the mirror say what Postgres says; resolves with whether it had to change. The revision is read before the row, so
 * a value that was read from an older row never replaces a newer one.
 */
export async function bringUpToDate(
  bucket: KvBucket,
  key: string,
  readRecord: () => Promise<object | undefined>,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const stored = await bucket.get(key)
    const record = await readRecord()
    const text = record && JSON.stringify(record)
    try {
      return await write(bucket, key, stored, text)
    } catch (error) {
      if (!(error instanceof WrongLastSequence) || attempt === maxAttempts) throw error
    }
  }
}

async function write(
  bucket: KvBucket,
  key: string,
  stored: { value: Uint8Array; revision: number } | undefined,
  text: string | undefined,
): Promise<boolean> {
  if (stored && text === undefined) await bucket.delete(key, stored.revision)
  else if (stored && text !== undefined && Buffer.from(stored.value).toString() !== text)
    await bucket.update(key, Buffer.from(text), stored.revision)
  else if (!stored && text !== undefined) await bucket.create(key, Buffer.from(text))
  else return false
  return true
}
