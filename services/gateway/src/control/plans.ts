// The plans of accounts: what holds, what was asked for, and the history of both. Written to Postgres, then to the mirror, from which
// requests are judged; a function resolves when the mirror has it, and if that fails, the reconciler finishes the work.
import { planChange } from '@wagate/db/plan-change.ts'
import { tenant } from '@wagate/db/tenant.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import { type LimitOverrides, listPriceCents, type PlanName } from '@wagate/messages/plans.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { and, asc, desc, eq, isNotNull, isNull } from 'drizzle-orm'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { createInTenant, type Transaction } from '../postgres/in-tenant.ts'
import type { Terms } from './manage.ts'
import { overridesOf } from './records.ts'
import { UnknownTarget } from './unknown-target.ts'

export type PlanControlDeps = {
  sql: Sql
  mirrorTenant: (tenantId: string) => Promise<boolean>
  now: () => Date
  newId: (kind: IdKind) => string
}
export type PlanWish = { plan: PlanName; since: Date }
/** `wish` waits for the operator's approval. */
export type Standing = {
  plan: PlanName
  overrides: LimitOverrides
  /** US cents a month, where the plan's price does not hold. */
  monthlyPriceCents?: number | undefined
  wish: PlanWish | undefined
}
export type PlanChangeRow = typeof planChange.$inferSelect
export type PlanControl = ReturnType<typeof createPlanControl>

type TenantRow = typeof tenant.$inferSelect
type NewChange = Pick<PlanChangeRow, 'toPlan' | 'state' | 'by'> & {
  overrides?: LimitOverrides
  monthlyPriceCents?: number | null
}

/** What an account pays then, in US cents a month; null: as agreed, and nobody wrote it down. */
export const priceOf = ({ plan, monthlyPriceCents }: Pick<Terms, 'plan' | 'monthlyPriceCents'>): number | null =>
  monthlyPriceCents ?? listPriceCents(plan)

/** Each function throws `DatabaseUnavailable`, and `UnknownTarget` when there is no such account. */
export function createPlanControl(deps: PlanControlDeps) {
  const database: PostgresJsDatabase<Record<string, never>> = drizzle(deps.sql)
  const inTenant = createInTenant(deps.sql, 4_000)

  /** In a transaction that is the account's own and has its row locked, so that two changes at once come one after the other. */
  const withTenant = <Result>(
    tenantId: string,
    run: (tx: Transaction, row: TenantRow, note: (change: NewChange) => Promise<unknown>) => Promise<Result>,
  ): Promise<Result> =>
    inTenant(tenantId, async (tx) => {
      const [row] = await tx.select().from(tenant).where(eq(tenant.tenantId, tenantId)).for('update')
      if (!row || row.operators) throw new UnknownTarget(`there is no tenant ${tenantId}`)
      const note = (change: NewChange) =>
        tx.insert(planChange).values({
          ...{ tenantId, changeId: deps.newId('planChange'), at: deps.now(), fromPlan: row.plan, overrides: {} },
          ...change,
        })
      return run(tx, row, note)
    })

  const set = (tx: Transaction, tenantId: string, change: Partial<TenantRow>) =>
    tx
      .update(tenant)
      .set({ ...change, updatedAt: deps.now() })
      .where(eq(tenant.tenantId, tenantId))

  return {
    find: (tenantId: string): Promise<Standing> =>
      orUnavailable(async () => {
        const [row] = await database.select().from(tenant).where(eq(tenant.tenantId, tenantId))
        if (!row) throw new UnknownTarget(`there is no tenant ${tenantId}`)
        return standingOf(row)
      }),

    /** Newest first, 50 at most. */
    history: (tenantId: string): Promise<PlanChangeRow[]> =>
      inTenant(tenantId, (tx) =>
        tx
          .select()
          .from(planChange)
          .where(eq(planChange.tenantId, tenantId))
          .orderBy(desc(planChange.at), desc(planChange.changeId))
          .limit(50),
      ),

    /** Accounts that wait for an approval, the longest first, 1,000 at most. */
    wishes: () =>
      orUnavailable(async () =>
        database
          .select({
            tenantId: tenant.tenantId,
            name: tenant.name,
            plan: tenant.plan,
            wish: tenant.requestedPlan,
            since: tenant.requestedAt,
          })
          .from(tenant)
          .where(and(isNotNull(tenant.requestedPlan), isNull(tenant.erasedAt)))
          .orderBy(asc(tenant.requestedAt))
          .limit(1_000),
      ),

    /** Notes that the account wants that plan, in place of what it wanted before. A repeat changes nothing. */
    wish: (tenantId: string, plan: PlanName, by: string): Promise<void> =>
      withTenant(tenantId, async (tx, row, note) => {
        if (row.requestedPlan === plan) return
        if (row.requestedPlan) await note({ toPlan: row.requestedPlan, state: 'withdrawn', by })
        await note({ toPlan: plan, state: 'requested', by })
        await set(tx, tenantId, { requestedPlan: plan, requestedAt: deps.now() })
      }),

    /** Takes back what waits, if anything does; with whether something did. */
    withdraw: (tenantId: string, by: string, state: 'withdrawn' | 'refused' = 'withdrawn'): Promise<boolean> =>
      withTenant(tenantId, async (tx, row, note) => {
        if (!row.requestedPlan) return false
        await note({ toPlan: row.requestedPlan, state, by })
        await set(tx, tenantId, { requestedPlan: null, requestedAt: null })
        return true
      }),

    /** The plan holds from now on; agreed limits and price are those given here, and no others. What waited is answered by this. */
    async apply(tenantId: string, terms: Terms, by: string): Promise<void> {
      const { plan, overrides, monthlyPriceCents } = terms
      await withTenant(tenantId, async (tx, row, note) => {
        if (row.requestedPlan && row.requestedPlan !== plan)
          await note({ toPlan: row.requestedPlan, state: by === 'operator' ? 'refused' : 'withdrawn', by })
        await note({ toPlan: plan, state: 'applied', by, overrides, monthlyPriceCents: priceOf(terms) })
        const agreed = { plan, overrides, monthlyPriceCents: monthlyPriceCents ?? null }
        await set(tx, tenantId, { ...agreed, requestedPlan: null, requestedAt: null })
      })
      await deps.mirrorTenant(tenantId)
    },
  }
}

const standingOf = (row: TenantRow): Standing => ({
  plan: row.plan,
  overrides: overridesOf(row),
  monthlyPriceCents: row.monthlyPriceCents ?? undefined,
  wish: row.requestedPlan && row.requestedAt ? { plan: row.requestedPlan, since: row.requestedAt } : undefined,
})
