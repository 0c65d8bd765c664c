// Keys that ended are shown for a while, and then forgotten: else whoever makes and revokes keys would fill table and mirror for ever.
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'

/** Of a tenant and mode, the newest; and none longer than this. */
export const keptEndedKeys = 100
export const keptEndedDays = 30
/** At once, so that a run stays short; the next one goes on. */
const batch = 1_000

/** Deletes the rows that are due, of all tenants; resolves with their ids, whose mirror records have to go as well. */
export async function forgetEndedKeys(sql: Sql, now: Date): Promise<string[]> {
  const at = now.toISOString()
  const rows = await orUnavailable(
    async () => sql<{ key_id: string }[]>`
      delete from api_key where (tenant_id, key_id) in (
        select tenant_id, key_id from (
          select tenant_id, key_id, least(revoked_at, expires_at) as ended_at, row_number() over (
            partition by tenant_id, mode order by least(revoked_at, expires_at) desc, key_id
          ) as place
          from api_key where least(revoked_at, expires_at) <= ${at}::timestamptz
        ) ended
        where place > ${keptEndedKeys} or ended_at < ${at}::timestamptz - make_interval(days => ${keptEndedDays})
        limit ${batch}
      )
      returning key_id`,
    10_000,
  )
  return rows.map(({ key_id }) => key_id)
}
