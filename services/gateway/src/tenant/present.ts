// An account as the operator sees it: its row, with what this gateway knows of it in memory. Pure.
import type { AdminTenant, AdminTenantDetail } from '@wagate/api/admin-tenant.ts'
import type { PlanUse } from '@wagate/api/plan.ts'
import { type LimitOverrides, limitsWith } from '@wagate/messages/plans.ts'
import { type PlanChangeRow, priceOf } from '../control/plans.ts'
import { overridesOf } from '../control/records.ts'
import type { JobRow } from '../job/store.ts'
import { presentAgreed } from '../plan/agreed.ts'
import { presentLimits } from '../plan/present.ts'
import type { Owner, TenantRow } from './store.ts'

export type ModeCount = { existing: number; connected: number }
/** What is in memory. */
export type Now = { sessions: { live: ModeCount; sandbox: ModeCount }; messagesThisMonth: number }

export function presentTenant(row: TenantRow, { sessions, messagesThisMonth }: Now): AdminTenant {
  const { plan, requestedPlan, requestedAt, suspendedAt, updatedAt } = row
  return {
    ...{ id: row.tenantId, name: row.name, status: row.status, plan, members: row.members, sessions },
    suspended:
      row.status === 'suspended'
        ? { since: (suspendedAt ?? updatedAt).toISOString(), reason: row.suspendedReason }
        : null,
    monthly_price_cents: priceOf({ plan, monthlyPriceCents: row.monthlyPriceCents ?? undefined }),
    requested: requestedPlan && requestedAt ? { plan: requestedPlan, since: requestedAt.toISOString() } : null,
    messages_this_month: messagesThisMonth,
    messages_per_month: limitsWith(plan, overridesOf(row)).messagesPerMonth,
    created_at: row.createdAt.toISOString(),
    deletes_at: row.deletesAt?.toISOString() ?? null,
  }
}

export type Details = { owners: Owner[]; changes: PlanChangeRow[]; jobs: JobRow[]; used: PlanUse }

export function presentDetail(row: TenantRow, now: Now, { owners, changes, jobs, used }: Details): AdminTenantDetail {
  const overrides: LimitOverrides = overridesOf(row)
  return {
    ...presentTenant(row, now),
    limits: presentLimits(limitsWith(row.plan, overrides)),
    agreed_limits: presentAgreed(overrides),
    agreed_price_cents: row.monthlyPriceCents,
    used,
    owners: owners.map(({ id, name, email, twoFactor }) => ({ id, name, email, two_factor: twoFactor })),
    plan_changes: changes.map(({ at, fromPlan, toPlan, state, by, monthlyPriceCents }) => ({
      ...{ at: at.toISOString(), from: fromPlan, to: toPlan, state, by, monthly_price_cents: monthlyPriceCents },
    })),
    jobs: jobs.flatMap(presentOpenJob),
  }
}

function presentOpenJob({ jobId, kind, state, step, done, total, createdAt, dueAt }: JobRow) {
  if (kind === 'retention') return []
  return [
    {
      ...{ id: jobId, kind, status: state, progress: { step, done, total } },
      ...{ created_at: createdAt.toISOString(), due_at: dueAt?.toISOString() ?? null },
    },
  ]
}
