// Tenants, and with them their keys and members: written to Postgres, which is the record, then to the KV mirror, which is what requests are
// checked against. A function resolves when the mirror has it; if that fails, the reconciler finishes the work.
import { planChange } from '@wagate/db/plan-change.ts'
import { tenant } from '@wagate/db/tenant.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import type { LimitOverrides, PlanName } from '@wagate/messages/plans.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { createInTenant } from '../postgres/in-tenant.ts'
import { createDeletionControl } from './deletion.ts'
import { createFounding } from './found.ts'
import { createKeyControl } from './keys.ts'
import { createMemberControl } from './members.ts'
import { createOperatorControl } from './operators.ts'
import { createPersonControl } from './persons.ts'
import { createPlanControl, priceOf } from './plans.ts'
import { bringUpToDate, tenantRecordOf } from './records.ts'
import { createSupportControl } from './support-accesses.ts'
import { UnknownTarget } from './unknown-target.ts'

export type ManageDeps = {
  sql: Sql
  tenants: KvBucket
  apiKeys: KvBucket
  members: KvBucket
  supportAccesses: KvBucket
  now: () => Date
  newId: (kind: IdKind) => string
  randomBytes: (size: number) => Uint8Array
}
/** What an account has: a plan, and limits and a price in US cents a month that were agreed in place of the plan's. */
export type Terms = { plan: PlanName; overrides: LimitOverrides; monthlyPriceCents?: number | undefined }
export type Control = ReturnType<typeof createControl>

const firstTerms: Terms = { plan: 'basic', overrides: {} }

export function createControl(deps: ManageDeps) {
  const database: PostgresJsDatabase<Record<string, never>> = drizzle(deps.sql)
  const inTenant = createInTenant(deps.sql, 4_000)

  const mirrorTenant = (tenantId: string) =>
    bringUpToDate(deps.tenants, tenantId, async () => {
      const [row] = await orUnavailable(async () => database.select().from(tenant).where(eq(tenant.tenantId, tenantId)))
      return row && !row.erasedAt ? tenantRecordOf(row) : undefined
    })

  /** A customer's: the operators' own account is not changed like one, or they would lock themselves out. */
  async function change(tenantId: string, to: PgUpdateSetSource<typeof tenant>): Promise<void> {
    const changed = { ...to, updatedAt: deps.now() }
    const customers = and(eq(tenant.tenantId, tenantId), eq(tenant.operators, false), isNull(tenant.erasedAt))
    const rows = await orUnavailable(async () =>
      database.update(tenant).set(changed).where(customers).returning({ id: tenant.tenantId }),
    )
    if (rows.length === 0) throw new UnknownTarget(`there is no tenant ${tenantId}`)
    await mirrorTenant(tenantId)
  }

  const members = createMemberControl(deps)

  return {
    mirrorTenant,
    members,
    persons: createPersonControl({ sql: deps.sql, mirrorMember: members.mirrorMember }),
    supportAccesses: createSupportControl(deps),
    keys: createKeyControl(deps),
    plans: createPlanControl({ ...deps, mirrorTenant }),
    deletions: createDeletionControl({ ...deps, mirrorTenant }),
    operators: createOperatorControl({ ...deps, mirrorTenant }),

    foundTenant: createFounding({ ...deps, mirrorTenant, mirrorMember: members.mirrorMember }),

    /** Without an owner: he is invited, or there is none. */
    async createTenant(name: string, terms: Terms = firstTerms): Promise<{ tenantId: string }> {
      const tenantId = deps.newId('tenant')
      const at = deps.now()
      const { plan, overrides, monthlyPriceCents } = terms
      await inTenant(tenantId, async (tx) => {
        const agreed = { plan, overrides, monthlyPriceCents }
        await tx.insert(tenant).values({ tenantId, name, ...agreed, createdAt: at, updatedAt: at })
        if (plan === firstTerms.plan && monthlyPriceCents === undefined) return
        await tx.insert(planChange).values({
          ...{ tenantId, changeId: deps.newId('planChange'), at, fromPlan: firstTerms.plan, toPlan: plan },
          ...{ state: 'applied', by: 'operator', overrides, monthlyPriceCents: priceOf(terms) },
        })
      })
      await mirrorTenant(tenantId)
      return { tenantId }
    },

    /** Asked again, with the later reason and the earlier time. Throws `UnknownTarget` when there is no such tenant. */
    suspendTenant: (tenantId: string, reason?: string): Promise<void> =>
      change(tenantId, {
        ...{ status: 'suspended', suspendedReason: reason ?? null },
        suspendedAt: sql`coalesce(${tenant.suspendedAt}, ${deps.now().toISOString()}::timestamptz)`,
      }),

    /** Throws `UnknownTarget` when there is no such tenant. */
    activateTenant: (tenantId: string): Promise<void> =>
      change(tenantId, { status: 'active', suspendedReason: null, suspendedAt: null }),

    /** Throws `UnknownTarget` when there is no such tenant. */
    renameTenant: (tenantId: string, name: string): Promise<void> => change(tenantId, { name }),
  }
}
