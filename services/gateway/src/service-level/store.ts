// What the gateway reads of service levels.
import type { Mode } from '@wagate/messages/envelope.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { sql } from 'drizzle-orm'
import type { InTenant } from '../postgres/in-tenant.ts'
import type { DayRange } from '../usage/range.ts'
import type { Levels } from './levels.ts'

export type ServiceLevelStore = ReturnType<typeof createServiceLevelStore>

const columns = `up_ms as "upMs", down_ms as "downMs", excused_ms as "excusedMs", links_tried as "linksTried",
  links_made as "linksMade", link_ms as "linkMs", migrations, migrations_made as "migrationsMade",
  migrations_in_time as "migrationsInTime", sent, delivered, failed`

/** Operators may wait longer: accounts are read one after another, about a thousand a second. */
const allDeadlineMs = 20_000

/** Both throw `DatabaseUnavailable`. */
export function createServiceLevelStore(connection: Sql, inTenant: InTenant) {
  return {
    /** By day; days without anything are not there. */
    read: (tenantId: string, mode: Mode, { from, to }: DayRange): Promise<(Levels & { day: string })[]> =>
      inTenant(tenantId, async (tx) => [
        ...(await tx.execute<Levels & { day: string }>(sql`
          select day::text, ${sql.raw(columns)} from service_level_day
          where tenant_id = ${tenantId} and mode = ${mode} and day between ${from}::date and ${to}::date`)),
      ]),

    /** Of live sessions, by account; those without anything are not there. */
    readAll: ({ from, to }: DayRange): Promise<(Levels & { tenantId: string })[]> =>
      orUnavailable(
        () =>
          connection.begin(async (tx) => {
            await tx`select set_config('statement_timeout', ${String(allDeadlineMs)}, true)`
            return [
              ...(await tx.unsafe<(Levels & { tenantId: string })[]>(
                `select tenant_id as "tenantId", ${columns} from service_levels_by_tenant($1::date, $2::date)`,
                [from, to],
              )),
            ]
          }),
        allDeadlineMs,
      ),
  }
}
