// Tenants, and with them their keys and members: written to Postgres, which is the record, then to the KV mirror, which is what requests are
// checked against. A function resolves when the mirror has it; if that fails, the reconciler finishes the work.
import { tenant } from '@wagate/db/tenant.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import type { LimitOverrides, PlanName } from '@wagate/messages/plans.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { and, eq } from 'drizzle-orm'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { createDeletionControl } from './deletion.ts'
import { createKeyControl } from './keys.ts'
import { createMemberControl } from './members.ts'
import { createOperatorControl } from './operators.ts'
import { createPersonControl } from './persons.ts'
import { createPlanControl } from './plans.ts'
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
/** What an account has: a plan, and limits that were agreed in place of the plan's. */
export type Terms = { plan: PlanName; overrides: LimitOverrides }
export type Control = ReturnType<typeof createControl>

const firstTerms: Terms = { plan: 'basic', overrides: {} }

export function createControl(deps: ManageDeps) {
  const database: PostgresJsDatabase<Record<string, never>> = drizzle(deps.sql)

  const mirrorTenant = (tenantId: string) =>
    bringUpToDate(deps.tenants, tenantId, async () => {
      const [row] = await orUnavailable(async () => database.select().from(tenant).where(eq(tenant.tenantId, tenantId)))
      return row && !row.erasedAt ? tenantRecordOf(row) : undefined
    })

  /** A customer's: the operators' own account is not changed like one, or they would lock themselves out. */
  async function change(tenantId: string, to: { status?: 'active' | 'suspended'; name?: string }): Promise<void> {
    const changed = { ...to, updatedAt: deps.now() }
    const customers = and(eq(tenant.tenantId, tenantId), eq(tenant.operators, false))
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

    async createTenant(name: string, terms: Terms = firstTerms): Promise<{ tenantId: string }> {
      const tenantId = deps.newId('tenant')
      const at = deps.now()
      const row = { tenantId, name, ...terms, createdAt: at, updatedAt: at }
      await orUnavailable(async () => database.insert(tenant).values(row))
      await mirrorTenant(tenantId)
      return { tenantId }
    },

    /** Throws `UnknownTarget` when there is no such tenant. */
    setTenantStatus: (tenantId: string, status: 'active' | 'suspended'): Promise<void> => change(tenantId, { status }),

    /** Throws `UnknownTarget` when there is no such tenant. */
    renameTenant: (tenantId: string, name: string): Promise<void> => change(tenantId, { name }),
  }
}
