// What no plan keeps for longer goes by whole months: dropping a partition costs the same however much is in it.
import { isUnavailable } from '@wagate/runtime/postgres.ts'
import type { Sql } from 'postgres'
import { dropOldMonth } from './queries.ts'

const dayMs = 86_400_000
/** lock_not_available: readers were in the way for too long. */
const isBusy = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '55P03'

/** Drops every month that is older than that; resolves with their names. What is busy now is left for the next time. */
export async function dropOldMonths(sql: Sql, keepAtMostDays: number, now: Date): Promise<string[]> {
  const before = new Date(now.getTime() - keepAtMostDays * dayMs)
  const dropped: string[] = []
  try {
    for (let name = await dropOldMonth(sql, before); name; name = await dropOldMonth(sql, before)) dropped.push(name)
  } catch (error) {
    if (!isBusy(error) && !isUnavailable(error)) throw error
  }
  return dropped
}
