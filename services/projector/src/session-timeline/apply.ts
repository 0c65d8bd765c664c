import { sessionTimeline } from '@wagate/db/session-timeline.ts'
import { keptEntries } from '@wagate/messages/timeline.ts'
import { getTableConfig } from 'drizzle-orm/pg-core'
import type { TransactionSql } from 'postgres'
import { jsonOf, recordset, recordType } from '../recordset.ts'
import type { Timeline } from './project.ts'

const columns = getTableConfig(sessionTimeline).columns.map((column) => column.name)

/** An entry that is there already is the same. */
const insert = `insert into session_timeline (${columns.join(', ')})
  select ${columns.map((column) => `r.${column}`).join(', ')} from ${recordset(recordType(sessionTimeline))}
  on conflict do nothing`

// Materialized, or the entry to cut at would be looked for once per row.
const thin = `with cut as materialized (
    select r.*, (select o.sequence from session_timeline o where o.tenant_id = r.tenant_id and o.session_id = r.session_id
      order by o.sequence desc offset ${keptEntries} limit 1) as last
    from ${recordset('(tenant_id text, session_id text, deleted boolean)')})
  delete from session_timeline t using cut
  where t.tenant_id = cut.tenant_id and t.session_id = cut.session_id and (cut.deleted or t.sequence <= cut.last)`

/** Looked at when an entry's number is a multiple of this: rarely, and the same entries in every replay. */
const thinEvery = 50

/** Most batches tell nothing: then nothing is asked of the database. */
export async function applyTimeline(sql: TransactionSql, timeline: Timeline): Promise<void> {
  const told = [...timeline.values()]
  const rows = told.flatMap((session) => session.rows)
  const toThin = told.filter(
    (session) => session.deleted || session.rows.some(({ sequence }) => sequence % thinEvery === 0),
  )
  await Promise.all([
    rows.length > 0 ? sql.unsafe(insert, [jsonOf(rows)], { prepare: true }) : undefined,
    toThin.length > 0 ? sql.unsafe(thin, [jsonOf(toThin.map(namesOf))], { prepare: true }) : undefined,
  ])
}

const namesOf = ({ tenant_id, session_id, deleted }: { tenant_id: string; session_id: string; deleted: boolean }) => ({
  tenant_id,
  session_id,
  deleted,
})
