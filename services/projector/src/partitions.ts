import type { Sql, TransactionSql } from 'postgres'

/** How many months beyond the present one have their partition before anybody needs it. */
const monthsAhead = 2

/**
 * Creates the partitions of the months (ISO times) that are not there; it remembers what it has seen, so calling it per
 * batch is free. `note` makes that memory only after the commit: a partition of a rolled-back transaction is not there.
 */
export function createPartitions() {
  const known = new Set<string>()
  return {
    async ensure(sql: Sql | TransactionSql, months: string[]): Promise<void> {
      for (const month of months) if (!known.has(month)) await sql`select ensure_message_partition(${month})`
    },
    note(months: string[]): void {
      for (const month of months) known.add(month)
    },
  }
}
export type Partitions = ReturnType<typeof createPartitions>

/** The first day of the present month and of those ahead. */
export function monthsFrom(now: Date): string[] {
  return Array.from({ length: monthsAhead + 1 }, (_, ahead) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1)).toISOString(),
  )
}
