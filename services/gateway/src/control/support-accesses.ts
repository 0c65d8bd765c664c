// Who of the operators looks into which tenant: written to Postgres, which the tenant reads, then to the KV mirror, by which requests
// are judged. A function resolves when the mirror has it; what ended and is still there, the reconciler removes.
import { supportAccess } from '@wagate/db/support-access.ts'
import { type SupportAccessRecord, supportAccessKey } from '@wagate/messages/control.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'
import type { Sql } from '@wagate/runtime/postgres.ts'
import { and, desc, eq, isNull } from 'drizzle-orm'
import type { PageRequest } from '../message/views.ts'
import { after, createInTenant, exact, type Positioned } from '../postgres/in-tenant.ts'
import { bringUpToDate } from './records.ts'

export type SupportControlDeps = {
  sql: Sql
  supportAccesses: KvBucket
  now: () => Date
  newId: (kind: IdKind) => string
}
export type SupportAccessRow = typeof supportAccess.$inferSelect
export type NewSupportAccess = Pick<SupportAccessRow, 'operatorsId' | 'operatorKind' | 'operatorId' | 'reason'> & {
  minutes: number
}
export type SupportControl = ReturnType<typeof createSupportControl>

/** Each function throws `DatabaseUnavailable`. */
export function createSupportControl({ sql, supportAccesses, now, newId }: SupportControlDeps) {
  const inTenant = createInTenant(sql, 4_000)
  const one = (tenantId: string, accessId: string) =>
    and(eq(supportAccess.tenantId, tenantId), eq(supportAccess.accessId, accessId))

  const find = (tenantId: string, accessId: string): Promise<SupportAccessRow | undefined> =>
    inTenant(tenantId, async (tx) => {
      const [row] = await tx.select().from(supportAccess).where(one(tenantId, accessId))
      return row
    })

  const mirrorAccess = (tenantId: string, accessId: string): Promise<boolean> =>
    bringUpToDate(supportAccesses, supportAccessKey(tenantId, accessId), async () => {
      const row = await find(tenantId, accessId)
      return row && !row.endedAt && row.endsAt > now() ? recordOf(row) : undefined
    })

  return {
    find,
    mirrorAccess,

    async open(tenantId: string, { minutes, ...asked }: NewSupportAccess): Promise<SupportAccessRow> {
      const createdAt = now()
      const endsAt = new Date(createdAt.getTime() + minutes * 60_000)
      const fresh = { tenantId, accessId: newId('supportAccess'), ...asked, createdAt, endsAt }
      await inTenant(tenantId, (tx) => tx.insert(supportAccess).values(fresh))
      await mirrorAccess(tenantId, fresh.accessId)
      return { ...fresh, endedAt: null, endedBy: null }
    },

    /** From then on no gateway lets the operator look, but for the delay of the watch. False when there is none; a repeat changes nothing. */
    async end(tenantId: string, accessId: string, endedBy: string): Promise<boolean> {
      const isKnown = await inTenant(tenantId, async (tx) => {
        const ended = { endedAt: now(), endedBy }
        const open = and(one(tenantId, accessId), isNull(supportAccess.endedAt))
        await tx.update(supportAccess).set(ended).where(open)
        const rows = await tx.select({ id: supportAccess.accessId }).from(supportAccess).where(one(tenantId, accessId))
        return rows.length > 0
      })
      if (isKnown) await mirrorAccess(tenantId, accessId)
      return isKnown
    },

    /** `limit + 1` at most, newest first. */
    list: (tenantId: string, page: PageRequest): Promise<Positioned<SupportAccessRow>[]> =>
      inTenant(tenantId, async (tx) => {
        const rows = await tx
          .select({ row: supportAccess, key: exact(supportAccess.createdAt) })
          .from(supportAccess)
          .where(
            and(
              eq(supportAccess.tenantId, tenantId),
              after(supportAccess.createdAt, supportAccess.accessId, page.after),
            ),
          )
          .orderBy(desc(supportAccess.createdAt), desc(supportAccess.accessId))
          .limit(page.limit + 1)
        return rows.map(({ row, key }) => ({ item: row, position: { key, id: row.accessId } }))
      }),
  }
}

const recordOf = (row: SupportAccessRow): SupportAccessRecord => ({
  ...{ v: 1, tenantId: row.tenantId, accessId: row.accessId, operatorsId: row.operatorsId },
  ...{ operatorKind: row.operatorKind, operatorId: row.operatorId, reason: row.reason },
  ...{ createdAt: row.createdAt.toISOString(), endsAt: row.endsAt.toISOString() },
})
