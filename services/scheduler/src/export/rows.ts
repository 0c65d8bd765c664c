// A tenant's rows of one table as lines of JSON, page by page in the order of the primary key: no long transaction, and no more than a
// page in memory. A row that changes meanwhile is there as it was when its page was read.
import type { Sql } from 'postgres'
import type { ExportedTable } from './tables.ts'

export type Mode = 'test' | 'live'
export type Selection = { tenantId: string; mode: Mode }

/** Rows of a page: a message may have 64 Ki characters. */
const pageRows = 250

/** A live export holds both modes, a test export what is of test mode. */
export const isIn = ({ mode }: ExportedTable, wanted: Mode): boolean => wanted === 'live' || mode !== 'tenant'

const ofTestMode = {
  column: "and mode = 'test'",
  session: "and session_id in (select session_id from session_view where tenant_id = $1 and mode = 'test')",
  tenant: '',
}

const condition = (table: ExportedTable, mode: Mode): string => (mode === 'test' ? ofTestMode[table.mode] : '')

/** Undefined when counting would take too long. */
export async function countRows(sql: Sql, table: ExportedTable, { tenantId, mode }: Selection): Promise<number> {
  const [row] = await sql.unsafe<{ count: number }[]>(
    `select count(*)::float8 as count from ${table.table} where tenant_id = $1 ${condition(table, mode)}`,
    [tenantId],
  )
  return row?.count ?? 0
}

export async function* readRows(sql: Sql, table: ExportedTable, selection: Selection): AsyncGenerator<string[]> {
  const names = Object.keys(table.key)
  const types = Object.values(table.key)
  const order = names.length > 0 ? `order by ${names.join(', ')}` : ''
  const after = `and (${names.join(', ')}) > (${types.map((type, n) => `$${n + 3}::text::${type}`).join(', ')})`
  const page = (from: string): string => `
    select to_json(x)::text as line, array[${names.map((name) => `x.${name}::text`).join(', ')}]::text[] as key
    from (select ${table.columns.join(', ')} from ${table.table}
      where tenant_id = $1 ${condition(table, selection.mode)} ${from} ${order} limit $2) x`
  let last: string[] | undefined
  for (;;) {
    const rows: { line: string; key: string[] }[] = await sql.unsafe(page(last ? after : ''), [
      selection.tenantId,
      pageRows,
      ...(last ?? []),
    ])
    if (rows.length > 0) yield rows.map(({ line }) => line)
    last = rows.at(-1)?.key
    if (rows.length < pageRows || names.length === 0) return
  }
}
