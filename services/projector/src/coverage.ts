// What a rebuild may replace. EVENTS forgets, so a replay may see less of a day than was counted when it happened: a row is replaced
// only where the replay has seen every event from the row's first one on. All other rows stay as they are.
import type { Event } from '@wagate/messages/events.ts'
import type { TransactionSql } from 'postgres'
import { jsonOf, recordset } from './recordset.ts'
import { sessionKey } from './session-view/project.ts'

type Covered = { tenant_id: string; session_id: string; from_sequence: number; last_sequence: number }

/** By session, from which of its events on the replay has seen all without a hole. One entry per session that EVENTS tells of. */
export type Coverage = Map<string, Covered>

/** Takes note of an event of the replay; one that comes again covers nothing more. */
export function cover(coverage: Coverage, event: Event): void {
  const { sequence, tenantId, sessionId } = event
  const known = coverage.get(sessionKey(event))
  if (!known || sequence > known.last_sequence + 1) {
    const fresh = { tenant_id: tenantId, session_id: sessionId, from_sequence: sequence, last_sequence: sequence }
    coverage.set(sessionKey(event), fresh)
  } else known.last_sequence = Math.max(known.last_sequence, sequence)
}

const covered = recordset('(tenant_id text, session_id text, from_sequence bigint)')

/**
 * The rows that the replay made (in the temporary table) take the place of those that it covers, or find theirs free. `first`: which column
 * has the number of a row's first event.
 */
export const swapCounted =
  (
    table: 'usage_day' | 'service_day' | 'message_hour' | 'session_timeline',
    first: 'first_sequence' | 'sequence' = 'first_sequence',
  ) =>
  async (tx: TransactionSql, coverage: Coverage): Promise<void> => {
    await tx.unsafe(
      `delete from public.${table} v using ${covered}
       where v.tenant_id = r.tenant_id and v.session_id = r.session_id and v.${first} >= r.from_sequence`,
      [jsonOf([...coverage.values()])],
    )
    await tx.unsafe(`insert into public.${table} select * from pg_temp.${table} on conflict do nothing`)
  }
