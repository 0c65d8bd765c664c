// The operators' own account: one of the installation, made when it is first asked for. Who belongs to it runs everything, see `roles.ts`.
import { tenant } from '@wagate/db/tenant.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import { type LimitOverrides, limitNames } from '@wagate/messages/plans.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'

export type OperatorControlDeps = {
  sql: Sql
  now: () => Date
  newId: (kind: IdKind) => string
  /** Resolves when the mirror has it. */
  mirrorTenant: (tenantId: string) => Promise<unknown>
}
/** `made`: just now. */
export type OperatorsAccount = { tenantId: string; name: string; made: boolean }
export type OperatorControl = ReturnType<typeof createOperatorControl>

const name = 'Operators'

/** It has people and nothing else: no sessions, no messages, no plan that could run out. */
const overrides: LimitOverrides = { ...Object.fromEntries(limitNames.map((limit) => [limit, 0])), members: 100 }

/** Each function throws `DatabaseUnavailable`. */
export function createOperatorControl({ sql, now, newId, mirrorTenant }: OperatorControlDeps) {
  const database = drizzle(sql)

  return {
    async account(): Promise<OperatorsAccount> {
      const at = now()
      const fresh = { tenantId: newId('tenant'), name, operators: true, overrides, createdAt: at, updatedAt: at }
      const [row] = await orUnavailable(async () => {
        await database.insert(tenant).values(fresh).onConflictDoNothing()
        return database
          .select({ tenantId: tenant.tenantId, name: tenant.name })
          .from(tenant)
          .where(eq(tenant.operators, true))
      })
      if (!row) throw new Error('the operators’ account could not be made')
      await mirrorTenant(row.tenantId)
      return { ...row, made: row.tenantId === fresh.tenantId }
    },
  }
}
