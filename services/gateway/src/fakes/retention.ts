import type { KeptRetention, RetentionStore } from '../retention/store.ts'

const none: KeptRetention = {
  messageDays: null,
  chatDays: null,
  deliveryDays: null,
  messagesBefore: null,
  chatsBefore: null,
  deliveriesBefore: null,
  lastRunAt: null,
  nextRunAt: null,
}

export function fakeRetention(): RetentionStore {
  const kept = new Map<string, KeptRetention>()
  const find = async (tenantId: string) => kept.get(tenantId) ?? none
  return {
    find,
    async update(tenantId, change) {
      kept.set(tenantId, { ...(await find(tenantId)), ...change })
      return find(tenantId)
    },
  }
}
