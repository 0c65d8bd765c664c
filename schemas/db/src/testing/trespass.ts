// Tries, as a service's role, to get at rows that are not of the tenant that the transaction names: everything that SQL offers.
import postgres, { type Sql, type TransactionSql } from 'postgres'
import type { Table } from './catalog.ts'
import { insertText, rowOf } from './rows.ts'

export const ours = 'ten_ours'
export const theirs = 'ten_theirs'

type Answer = { refused: true; reason: string } | { refused: false; tenants: string[]; count: number }

/** Rights, row-level security, our own "not set"; and a setting that nobody ever made. */
const refusals = new Set(['42501', '42704'])

/** Ends the transaction without a trace. */
class Undo extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super('undone')
    this.answer = answer
  }
}

async function attempt(sql: Sql, tenantId: string | undefined, text: string): Promise<Answer> {
  try {
    await sql.begin(async (tx: TransactionSql) => {
      if (tenantId !== undefined) await tx`select set_config('app.tenant_id', ${tenantId}, true)`
      await tx`select set_config('app.search', 'found', true)` // what message_words shows is narrowed by it, to that very word
      const rows = await tx.unsafe<{ tenant_id: string }[]>(text)
      throw new Undo({ refused: false, tenants: rows.map((row) => row.tenant_id), count: rows.count })
    })
    throw new Error('the transaction was not undone')
  } catch (error) {
    if (error instanceof Undo) return error.answer
    if (!(error instanceof postgres.PostgresError)) throw error
    if (refusals.has(error.code)) return { refused: true, reason: error.message }
    // A key or a check refused the row, so nothing of row-level security had.
    if (error.code.startsWith('23')) return { refused: false, tenants: [], count: 1 }
    throw error
  }
}

/** The same of a view, which can only be read. */
export async function trespassesByView(sql: Sql, { name }: Table): Promise<string[]> {
  const found: string[] = []
  const read = `select tenant_id from ${name}`
  for (const when of ['before any tenant was named', 'after one was']) {
    const answer = await attempt(sql, undefined, read)
    if (!answer.refused) found.push(`reads ${answer.count} rows without a tenant, ${when}`)
    await attempt(sql, ours, 'select 1')
  }
  const seen = await attempt(sql, ours, read)
  if (!seen.refused && seen.tenants.some((tenant) => tenant !== ours)) found.push("reads another tenant's rows")
  if (!seen.refused && !seen.tenants.includes(ours)) found.push('does not see its own row: this proves nothing')
  return found
}

/** Each way in which the role comes to rows of another tenant, or to any while no tenant is named; empty when all is well. */
export async function trespasses(sql: Sql, table: Table): Promise<string[]> {
  const { name } = table
  const found: string[] = []
  const insert = (tenantId: string): string => insertText(table, rowOf(table, tenantId))

  const withoutTenant = {
    reads: `select tenant_id from ${name}`,
    inserts: insert(ours),
    updates: `update ${name} set tenant_id = tenant_id`,
    deletes: `delete from ${name}`,
  }
  // Twice: on a fresh connection, and on one that another tenant's transaction has used before.
  for (const when of ['before any tenant was named', 'after one was']) {
    for (const [what, text] of Object.entries(withoutTenant)) {
      const answer = await attempt(sql, undefined, text)
      if (!answer.refused) found.push(`${what} ${answer.count} rows without a tenant, ${when}`)
    }
    await attempt(sql, ours, 'select 1')
  }

  const seen = await attempt(sql, ours, `select tenant_id from ${name}`)
  if (!seen.refused && seen.tenants.some((tenant) => tenant !== ours)) found.push("reads another tenant's rows")
  if (!seen.refused && !seen.tenants.includes(ours)) found.push('does not see its own row: this proves nothing')

  const theirRows = `where tenant_id = '${theirs}'`
  const must = {
    touchNothing: {
      'reads by its tenant': `select tenant_id from ${name} ${theirRows}`,
      locks: `select tenant_id from ${name} ${theirRows} for update`,
      updates: `update ${name} set tenant_id = tenant_id ${theirRows}`,
      'takes over': `update ${name} set tenant_id = '${ours}' ${theirRows}`,
      deletes: `delete from ${name} ${theirRows}`,
    },
    beRefused: {
      inserts: insert(theirs),
      'inserts unless it is there': `${insert(theirs)} on conflict do nothing`,
      'gives away': `update ${name} set tenant_id = '${theirs}' where tenant_id = '${ours}'`,
    },
  }
  for (const [what, text] of Object.entries(must.touchNothing)) {
    const answer = await attempt(sql, ours, text)
    if (!answer.refused && answer.count > 0) found.push(`${what} ${answer.count} rows of another tenant`)
  }
  for (const [what, text] of Object.entries(must.beRefused)) {
    const answer = await attempt(sql, ours, text)
    if (!answer.refused) found.push(`${what} ${answer.count} rows of another tenant, and is not refused`)
  }
  return found
}

/** Whether the role may read nothing of the table at all. */
export const isClosed = async (sql: Sql, table: Table): Promise<boolean> =>
  (await attempt(sql, ours, `select 1 as tenant_id from ${table.name}`)).refused
