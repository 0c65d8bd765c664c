// For how long a tenant's plan keeps data. Who changes to a smaller plan has 30 days to export, or to change back, before what the old plan
// kept goes.
import { limitOverrides, limitsWith, planName, plans } from '@wagate/messages/plans.ts'
import type { Sql } from 'postgres'

const graceDays = 30

export async function planDays(sql: Sql, tenantId: string): Promise<number | undefined> {
  const [row] = await sql<{ plan: string; overrides: unknown; earlier: string[] }[]>`
    select plan, overrides, array(select from_plan from plan_change c where c.tenant_id = tenant.tenant_id
      and state = 'applied' and at > now() - make_interval(days => ${graceDays})) as earlier
    from tenant where tenant_id = ${tenantId}`
  if (!row) return undefined
  const now = limitsWith(planName.catch('basic').parse(row.plan), limitOverrides.catch({}).parse(row.overrides))
  const earlier = row.earlier.map((plan) => plans[planName.catch('basic').parse(plan)].limits.retentionDays)
  return Math.max(now.retentionDays, ...earlier)
}
