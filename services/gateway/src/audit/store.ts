// What the gateway reads of the audit log. Each query is one tenant's.
import { auditAnchor, auditEntry } from '@wagate/db/audit-entry.ts'
import type { AuditChanges } from '@wagate/messages/audit.ts'
import { type AuditRecord, type ChainEnd, genesis } from '@wagate/messages/audit-chain.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { and, asc, desc, eq, gt, gte, lt, or, type SQL, sql } from 'drizzle-orm'
import type { InTenant } from '../postgres/in-tenant.ts'

export type AuditFilter = {
  actor?: string | undefined
  action?: string | undefined
  target?: string | undefined
  mode?: Mode | undefined
  /** What the caller may see at all; everything when undefined. */
  onlyMode?: Mode | undefined
  since?: Date | undefined
  until?: Date | undefined
}
/** Numbers between which to look, both exclusive. */
export type Span = { after?: number | undefined; before?: number | undefined }

export type AuditStore = {
  /** At most `limit`, newest first. */
  newest(tenantId: string, filter: AuditFilter, span: Span, limit: number): Promise<AuditRecord[]>
  /** At most `limit`, oldest first. */
  oldest(tenantId: string, filter: AuditFilter, span: Span, limit: number): Promise<AuditRecord[]>
  /** Where the chain begins: before the first entry, or after the last one whose time is over. */
  beginning(tenantId: string): Promise<ChainEnd>
}

/** Throws `DatabaseUnavailable`. */
export function createAuditStore(inTenant: InTenant): AuditStore {
  const read = (tenantId: string, where: SQL | undefined, order: SQL, limit: number) =>
    inTenant(tenantId, async (tx) => {
      const rows = await tx.select().from(auditEntry).where(where).orderBy(order).limit(limit)
      return rows.map(recordOf)
    })
  return {
    newest: (tenantId, filter, span, limit) =>
      read(tenantId, matching(tenantId, filter, span), desc(auditEntry.number), limit),

    oldest: (tenantId, filter, span, limit) =>
      read(tenantId, matching(tenantId, filter, span), asc(auditEntry.number), limit),

    beginning: (tenantId) =>
      inTenant(tenantId, async (tx) => {
        const [anchor] = await tx.select().from(auditAnchor).where(eq(auditAnchor.tenantId, tenantId))
        return anchor ? { number: anchor.number, hash: anchor.hash } : genesis
      }),
  }
}

function matching(tenantId: string, filter: AuditFilter, { after, before }: Span): SQL | undefined {
  const { actor, action, target, mode, onlyMode, since, until } = filter
  // Written as the indexes have it.
  const isTarget = (n: 1 | 2) => sql`(${auditEntry.targets}[${sql.raw(String(n))}]) = ${target}`
  return and(
    eq(auditEntry.tenantId, tenantId),
    actor === undefined ? undefined : eq(auditEntry.actorId, actor),
    action === undefined ? undefined : eq(auditEntry.action, action),
    target === undefined ? undefined : or(isTarget(1), isTarget(2)),
    mode && eq(auditEntry.mode, mode),
    onlyMode && eq(auditEntry.mode, onlyMode),
    since && gte(auditEntry.at, since),
    until && lt(auditEntry.at, until),
    after === undefined ? undefined : gt(auditEntry.number, after),
    before === undefined ? undefined : lt(auditEntry.number, before),
  )
}

function recordOf(row: typeof auditEntry.$inferSelect): AuditRecord {
  return {
    tenant_id: row.tenantId,
    number: row.number,
    id: row.entryId,
    time: row.at.toISOString(),
    actor: { kind: row.actorKind, id: row.actorId },
    action: row.action,
    targets: row.targets,
    mode: row.mode,
    request_id: row.requestId,
    route: row.route,
    address: row.address,
    changes: row.changes as AuditChanges,
    previous_hash: row.previousHash,
    hash: row.hash,
  }
}
