// A row of any table, made from what the catalog says of its columns.
import type { Sql, TransactionSql } from 'postgres'
import type { Column, Table } from './catalog.ts'

/** Values as PostgreSQL reads them, by column. */
export type Row = Record<string, string>

/** Where the value that a type gets is not good enough: `<table>.<column>` → a value. */
const samples: Record<string, string> = {
  'message_view.created_at': '2026-11-20T10:00:00Z',
  'message_words.words': 'found',
}

const byType: Record<string, (column: Column, tenantId: string) => string> = {
  text: ({ name }, tenantId) => `${tenantId}_${name}`,
  'character varying': ({ name }, tenantId) => `${tenantId}_${name}`,
  'text[]': () => '{}',
  jsonb: () => '{}',
  json: () => '{}',
  bytea: () => '\\x00',
  real: () => '1.5',
  boolean: () => 'false',
  smallint: () => '1',
  integer: () => '1',
  bigint: () => '1',
  numeric: () => '1',
  'double precision': () => '1',
  date: () => '2026-11-20',
  'timestamp with time zone': () => '2026-11-20T10:00:00Z',
  uuid: () => '00000000-0000-4000-8000-000000000000',
  interval: () => '1 second',
  inet: () => '127.0.0.1',
}

/** The least that the table takes: what must be given, and tenant_id. */
export function rowOf(table: Table, tenantId: string): Row {
  const needed = table.columns.filter(({ name, notNull, isFilled }) => name === 'tenant_id' || (notNull && !isFilled))
  return Object.fromEntries(needed.map((column) => [column.name, sampleOf(table, column, tenantId)]))
}

function sampleOf(table: Table, column: Column, tenantId: string): string {
  if (column.name === 'tenant_id') return tenantId
  const make = byType[column.type]
  const value = samples[`${table.name}.${column.name}`] ?? make?.(column, tenantId)
  if (value !== undefined) return value
  throw new Error(
    `no test knows a value of type ${column.type}: add ${table.name}.${column.name} to samples in rows.ts`,
  )
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
const named = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Values as literals: the server reads each as its column's type. */
export const insertText = (table: Table, row: Row): string =>
  `insert into ${named(table.name)} (${Object.keys(row).map(named).join(', ')}) values (${Object.values(row).map(quoted).join(', ')})`

/** Puts one row of each tenant into the table, whatever it refers to. Needs a superuser. */
export async function plant(admin: Sql, table: Table, tenantIds: readonly string[]): Promise<void> {
  if (table.isPartitioned)
    await admin.unsafe(`create table ${named(`${table.name}_any`)} partition of ${named(table.name)} default`)
  await admin.begin(async (tx: TransactionSql) => {
    await tx`set local session_replication_role = replica` // no foreign keys, no triggers
    for (const tenantId of tenantIds)
      await tx.unsafe(insertText(table, rowOf(table, tenantId))).catch((cause: unknown) => {
        const why = cause instanceof Error ? cause.message : 'unknown'
        throw new Error(`no row of ${table.name} could be made (${why}): add what it needs to samples in rows.ts`, {
          cause,
        })
      })
  })
}
