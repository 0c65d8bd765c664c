// The audit log without broker and Postgres: what is recorded is chained at once and can be read.
import { hash } from 'node:crypto'
import { type AuditEntry, auditEntry } from '@wagate/messages/audit.ts'
import { type AuditRecord, genesis, link } from '@wagate/messages/audit-chain.ts'
import type { NewId } from '@wagate/messages/ids.ts'
import { entryOf } from '../audit/entry.ts'
import type { AuditLog } from '../audit/log.ts'
import type { AuditFilter, AuditStore, Span } from '../audit/store.ts'

export function fakeAudit(now: () => Date, newId: NewId) {
  const published: AuditEntry[] = []
  const records: AuditRecord[] = []
  const of = (tenantId: string) => records.filter((record) => record.tenant_id === tenantId)

  const audit: AuditLog = {
    ready: async () => {},
    record: async (told) => {
      const entry = auditEntry.parse(entryOf(told, { id: newId('auditEntry'), time: now().toISOString() }))
      published.push(entry)
      const { tenantId } = entry
      if (of(tenantId).some(({ id }) => id === entry.id)) return
      records.push(link(entry, of(tenantId).at(-1) ?? genesis, (text) => hash('sha256', text)))
    },
  }

  const matching = (tenantId: string, filter: AuditFilter, { after, before }: Span) =>
    of(tenantId).filter(
      (record) =>
        (filter.actor === undefined || record.actor.id === filter.actor) &&
        (filter.action === undefined || record.action === filter.action) &&
        (filter.target === undefined || record.targets.includes(filter.target)) &&
        (filter.mode === undefined || record.mode === filter.mode) &&
        (filter.onlyMode === undefined || record.mode === filter.onlyMode) &&
        (filter.since === undefined || Date.parse(record.time) >= filter.since.getTime()) &&
        (filter.until === undefined || Date.parse(record.time) < filter.until.getTime()) &&
        (after === undefined || record.number > after) &&
        (before === undefined || record.number < before),
    )

  const auditStore: AuditStore = {
    newest: async (tenantId, filter, span, limit) => matching(tenantId, filter, span).toReversed().slice(0, limit),
    oldest: async (tenantId, filter, span, limit) => matching(tenantId, filter, span).slice(0, limit),
    beginning: async () => genesis,
  }

  return { audit, auditStore, published, records }
}
