// Support accesses in memory, for tests of the routes.
import { type SupportAccessRecord, supportAccessKey } from '@wagate/messages/control.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import type { AppDeps } from '../app.ts'
import type { NewSupportAccess, SupportAccessRow } from '../control/support-accesses.ts'

export function fakeSupport(now: () => Date, newId: (kind: IdKind) => string) {
  const rows = new Map<string, SupportAccessRow>()

  function open(tenantId: string, { minutes, ...asked }: NewSupportAccess): SupportAccessRow {
    const createdAt = now()
    const endsAt = new Date(createdAt.getTime() + minutes * 60_000)
    const ended = { endedAt: null, endedBy: null }
    const row = { tenantId, accessId: newId('supportAccess'), ...asked, createdAt, endsAt, ...ended }
    rows.set(supportAccessKey(tenantId, row.accessId), row)
    return row
  }

  /** As the mirror has it: it does not know that time has passed. */
  function recordOf(key: string): SupportAccessRecord | undefined {
    const row = rows.get(key)
    if (!row || row.endedAt) return undefined
    const { endedAt: _, endedBy: __, createdAt, endsAt, ...kept } = row
    return { v: 1, ...kept, createdAt: createdAt.toISOString(), endsAt: endsAt.toISOString() }
  }

  const supportAccesses: AppDeps['supportAccesses'] = {
    open: async (tenantId, asked) => open(tenantId, asked),
    find: async (tenantId, accessId) => rows.get(supportAccessKey(tenantId, accessId)),
    mirrorAccess: async () => false,
    end: async (tenantId, accessId, endedBy) => {
      const row = rows.get(supportAccessKey(tenantId, accessId))
      if (row && !row.endedAt) Object.assign(row, { endedAt: now(), endedBy })
      return row !== undefined
    },
    list: async (tenantId, { limit, after }) =>
      [...rows.values()]
        .filter((row) => row.tenantId === tenantId && (after === undefined || row.accessId < after.id))
        .toSorted((a, b) => (a.accessId < b.accessId ? 1 : -1))
        .slice(0, limit + 1)
        .map((item) => ({ item, position: { key: '', id: item.accessId } })),
  }

  return {
    ...{ rows, open },
    deps: {
      supportAccesses,
      findSupportAccess: recordOf,
      refreshSupportAccess: async (key: string) => recordOf(key),
      openSupportAccesses: () => [...rows.keys()].flatMap((key) => recordOf(key) ?? []),
    },
  }
}
