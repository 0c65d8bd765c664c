// For how long a tenant's plan keeps data. Who changes to a smaller plan has 30 days to export, or to change back, before what the old plan
// kept goes; the same holds for limits that were agreed on.
import { limitOverrides, limitsWith, planName } from '@wagate/messages/plans.ts'
import type { Sql } from 'postgres'

const graceDays = 30

type Change = { isRecent: boolean; fromPlan: string; toPlan: string; overrides: unknown }

export async function planDays(sql: Sql, tenantId: string): Promise<number | undefined> {
  const [now] = await sql<{ plan: string; overrides: unknown }[]>`
    select plan, overrides from tenant where tenant_id = ${tenantId}`
  if (!now) return undefined
  // Oldest first: what held when the 30 days began, then every change since.
  const changes = await sql<Change[]>`
    with applied as (select * from plan_change where tenant_id = ${tenantId} and state = 'applied'),
      recent as (select * from applied where at > now() - make_interval(days => ${graceDays})),
      before as (select * from applied where at <= now() - make_interval(days => ${graceDays}) order by at desc, change_id desc limit 1)
    select at, false as "isRecent", from_plan as "fromPlan", to_plan as "toPlan", overrides from before
    union all select at, true, from_plan, to_plan, overrides from recent order by at`
  const days = [daysOf(now.plan, now.overrides)]
  for (const { toPlan, overrides } of changes) days.push(daysOf(toPlan, overrides))
  // The first change that there ever was: what had been agreed before it is written nowhere.
  if (changes[0]?.isRecent) days.push(daysOf(changes[0].fromPlan, {}))
  return Math.max(...days)
}

const daysOf = (plan: string, overrides: unknown): number =>
  limitsWith(planName.catch('basic').parse(plan), limitOverrides.catch({}).parse(overrides)).retentionDays
