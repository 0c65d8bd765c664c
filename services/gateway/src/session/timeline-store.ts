// A session's timeline in Postgres: what its events told, and what people asked for, which the audit log has. Joined when it is read, so
// that nothing is kept twice.
import type { TimelineEntry } from '@wagate/api/timeline.ts'
import type { AuditAction } from '@wagate/messages/audit.ts'
import type { AskedType } from '@wagate/messages/timeline.ts'
import { sql } from 'drizzle-orm'
import type { PageRequest } from '../message/views.ts'
import type { InTenant, Positioned } from '../postgres/in-tenant.ts'
import { entryOf, type TimelineRow } from './timeline.ts'

export type TimelineStore = {
  /** Newest first. */
  list(tenantId: string, sessionId: string, page: PageRequest): Promise<Positioned<TimelineEntry>[]>
}

/** Actions that are entries by themselves; the session's creation is an event that is told anyway, and gets its actor from here. */
export const askedActions = {
  'session.restarted': 'restart_asked',
  'session.logged_out': 'logout_asked',
  'session.pairing_code_requested': 'code_asked',
  'session.updated': 'settings_changed',
  'session.moved': 'move_ordered',
} as const satisfies { [Action in AuditAction]?: AskedType }

/** Of what was asked for, no more than the newest so many are looked at. */
const askedAtMost = 1_000

/** Throws `DatabaseUnavailable`. */
export function createTimelineStore(inTenant: InTenant): TimelineStore {
  return {
    list: (tenantId, sessionId, { limit, after }) =>
      inTenant(tenantId, async (tx) => {
        const before = after ? sql`where (at, id) < (${after.key}::timestamptz, ${after.id})` : sql``
        const rows = await tx.execute<TimelineRow>(sql`
          with told as (
            select entry_id as id, at, type, reason, detail, null::text as actor_kind, null::text as actor_id, null::jsonb as changes
            from session_timeline where tenant_id = ${tenantId} and session_id = ${sessionId}),
          asked as (
            select entry_id as id, at, action as type, null::text, '{}'::jsonb, actor_kind, actor_id, changes from (
              select * from audit_entry where tenant_id = ${tenantId} and targets[1] = ${sessionId}
              order by number desc limit ${askedAtMost}) a
            where action in ${Object.keys(askedActions)}),
          maker as (
            select actor_kind, actor_id from audit_entry
            where tenant_id = ${tenantId} and targets[1] = ${sessionId} and action = 'session.created' limit 1),
          page as (
            (select * from told ${before} order by at desc, id desc limit ${limit + 1})
            union all
            (select * from asked ${before} order by at desc, id desc limit ${limit + 1}))
          select p.id, p.at::text as at, p.type, p.reason, p.detail, p.changes,
            coalesce(p.actor_kind, case when p.type = 'created' then m.actor_kind end) as "actorKind",
            coalesce(p.actor_id, case when p.type = 'created' then m.actor_id end) as "actorId"
          from page p left join maker m on true
          order by p.at desc, p.id desc limit ${limit + 1}`)
        return [...rows].map((row) => ({ item: entryOf(row), position: { key: row.at, id: row.id } }))
      }),
  }
}
