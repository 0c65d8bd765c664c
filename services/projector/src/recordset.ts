// Rows travel to PostgreSQL as one JSON text per statement: one parameter, one plan, however many rows.
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'

/** `(a text, b bigint)`: how `json_to_recordset` must read rows of the table, or of some of its columns. */
export function recordType(table: PgTable, names?: readonly string[]): string {
  const columns = getTableConfig(table).columns.filter((column) => !names || names.includes(column.name))
  return `(${columns.map((column) => `${column.name} ${column.getSQLType()}`).join(', ')})`
}

/** The rows of a parameter (the first unless given) as a table `r`. */
export const recordset = (type: string, parameter = 1): string =>
  `json_to_recordset(($${parameter}::text)::json) as r ${type}`

/**
 * Inserts the rows of a parameter, or changes those that are there from an older event; a repeat changes nothing. `set` says
 * how columns change that do not simply take the new value.
 */
export function upsert(
  table: PgTable,
  key: readonly string[],
  parameter: number,
  set: Record<string, string> = {},
): string {
  const { name, columns } = getTableConfig(table)
  const names = columns.map((column) => column.name)
  const changes = names
    .filter((column) => !key.includes(column))
    .map((column) => `${column} = ${set[column] ?? `excluded.${column}`}`)
  return `insert into ${name} as v (${names.join(', ')})
    select ${names.map((column) => `r.${column}`).join(', ')} from ${recordset(recordType(table), parameter)}
    on conflict (${key.join(', ')}) do update set ${changes.join(', ')} where v.stream_seq < excluded.stream_seq`
}

/** JSON escapes of NUL and of half a surrogate pair, unless the backslash is itself escaped. */
const unstorable = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi

/**
 * The parameter. PostgreSQL stores neither NUL nor half of a surrogate pair, and people can send both: each becomes U+FFFD,
 * the replacement character.
 */
export const jsonOf = (rows: readonly unknown[]): string => JSON.stringify(rows).replace(unstorable, '$1\uFFFD')
