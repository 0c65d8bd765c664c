import { rebuildLock } from '@wagate/db/locks.ts'
import type { Sql } from 'postgres'

/**
 * Whether views are being made again now. What such a rebuild read before the events were erased it writes when it ends: only then is it
 * time for a last look. One that begins later finds nothing of them.
 */
export async function isRebuilding(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ free: boolean }[]>`select pg_try_advisory_xact_lock_shared(${rebuildLock}) as free`
  return row?.free !== true
}
