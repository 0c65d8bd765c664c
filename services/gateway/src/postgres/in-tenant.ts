// The only way to a tenant's rows: a transaction that has said whose they are, so that row-level security holds.
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { Position } from '../http/cursor.ts'

type Database = PostgresJsDatabase<Record<string, never>>
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]
export type InTenant = <Result>(tenantId: string, run: (tx: Transaction) => Promise<Result>) => Promise<Result>
/** An item of a list and where it stands there. */
export type Positioned<Item> = { item: Item; position: Position }

/** Resolves within `deadlineMs`, or throws `DatabaseUnavailable`; the server cancels the statement by its own timeout. */
export function createInTenant(connection: Sql, deadlineMs: number): InTenant {
  const database = drizzle(connection)
  return (tenantId, run) =>
    orUnavailable(
      () =>
        database.transaction(async (tx) => {
          await tx.execute(sql`select set_config('app.tenant_id', ${tenantId}, true)`)
          return run(tx)
        }),
      deadlineMs,
    )
}

/** A timestamp with its microseconds, which a Date would cut off: rows between two milliseconds must not be skipped. */
export const exact = (column: PgColumn) => sql<string>`${column}::text`

/** Rows that come after the position in a list with the newest first. */
export const after = (time: PgColumn, id: PgColumn, position: Position | undefined): SQL | undefined =>
  position && sql`(${time}, ${id}) < (${position.key}::timestamptz, ${position.id})`
