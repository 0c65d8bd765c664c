// Which schema the database has, beside the one that this version was made for.
import { readFile } from 'node:fs/promises'
import type { Sql } from '@wagate/runtime/postgres.ts'
import { z } from 'zod'

export type Migrations = {
  /** The newest that this version knows; `at` is when it was made, by which the database knows it. */
  expected: { at: number; name: string }
  applied(): Promise<{ at: number; count: number }>
}

const journal = z.object({ entries: z.array(z.object({ when: z.number(), tag: z.string() })).min(1) })

export async function readMigrations(sql: Sql, journalPath: string): Promise<Migrations> {
  const { entries } = journal.parse(JSON.parse(await readFile(journalPath, 'utf8')))
  const newest = entries.reduce((a, b) => (b.when > a.when ? b : a))
  return {
    expected: { at: newest.when, name: newest.tag },
    async applied() {
      const [row] = await sql<{ at: number; count: number }[]>`
        select max(created_at)::float8 as at, count(*)::int as count from drizzle.__drizzle_migrations`
      return row ?? { at: 0, count: 0 }
    },
  }
}
