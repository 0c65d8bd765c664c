import type { SupportAccess } from '@wagate/api/support.ts'
import type { SupportAccessRecord } from '@wagate/messages/control.ts'
import type { SupportAccessRow } from '../control/support-accesses.ts'

export function presentAccess(row: SupportAccessRow, now: Date): SupportAccess {
  const state = row.endedAt ? 'ended' : row.endsAt > now ? 'open' : 'expired'
  return {
    ...{ id: row.accessId, tenant_id: row.tenantId, operator_id: row.operatorId, reason: row.reason, state },
    ...{ created_at: row.createdAt.toISOString(), ends_at: row.endsAt.toISOString() },
    ...{ ended_at: row.endedAt?.toISOString() ?? null, ended_by: row.endedBy },
  }
}

/** One that is open, from memory. */
export const presentOpen = (record: SupportAccessRecord): SupportAccess => ({
  ...{ id: record.accessId, tenant_id: record.tenantId, operator_id: record.operatorId, reason: record.reason },
  ...{ state: 'open', created_at: record.createdAt, ends_at: record.endsAt, ended_at: null, ended_by: null },
})
