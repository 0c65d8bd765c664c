import type { TenantRecord } from '@wagate/messages/control.ts'
import type { DeletionControl } from '../control/deletion.ts'

/** Of the tenants in memory. */
export function fakeDeletions(
  tenants: Map<string, TenantRecord>,
  now: () => Date,
): Pick<DeletionControl, 'begin' | 'takeBack'> {
  return {
    async begin(tenantId, { graceMs }) {
      const record = tenants.get(tenantId)
      if (!record) throw new Error('no such tenant')
      const deletesAt = record.deletesAt ?? new Date(now().getTime() + graceMs).toISOString()
      tenants.set(tenantId, { ...record, deletesAt })
      return new Date(deletesAt)
    },
    async takeBack(tenantId) {
      const { deletesAt, ...record } = tenants.get(tenantId) ?? {}
      if (deletesAt === undefined || !('limits' in record)) return false
      tenants.set(tenantId, record)
      return true
    },
  }
}
