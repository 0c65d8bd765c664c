// An export: all of a tenant's rows, streamed from Postgres through a zip file into the object store, in parts. An attempt that broke off
// begins again from the start: what was stored of it is no object yet.
import { exportKey } from '@wagate/messages/objects.ts'
import type { ObjectStore } from '@wagate/runtime/object-store.ts'
import { isUnavailable } from '@wagate/runtime/postgres.ts'
import type { Sql } from 'postgres'
import type { Job, JobHandler } from '../job/job.ts'
import { type ArchiveFile, createArchive } from './archive.ts'
import { countRows, isIn, readRows, type Selection } from './rows.ts'
import { renamed, type SessionNames } from './session-names.ts'
import { type ExportedTable, exportedTables } from './tables.ts'

export type ExportDeps = {
  sql: Sql
  objects: Pick<ObjectStore, 'put'>
  readSessionNames: (tenantId: string) => Promise<SessionNames>
  now: () => Date
  /** How long the archive can be fetched. */
  keptMs: number
}

/** 10,000 parts at most: 156 GiB. Two of them are in memory. */
const partBytes = 16 * 1024 * 1024
/** Progress is written no more often than that. */
const reportEveryMs = 1_000

export function createExport({ sql, objects, readSessionNames, now, keptMs }: ExportDeps): JobHandler {
  return async (job, { signal, report }) => {
    const selection: Selection = { tenantId: job.tenantId, mode: job.mode ?? 'live' }
    const tables = exportedTables.filter((table) => isIn(table, selection.mode))
    const files = tables.map(
      (table): ArchiveFile => ({
        name: table.file,
        table: table.table,
        lines: () => linesOf(table, selection),
      }),
    )
    const total = await countAll(selection)
    await report({ step: 'reading', done: 0, total })
    let reportedMs = now().getTime()
    const archive = createArchive(files, { ...selection, createdAt: now() }, async (rows) => {
      signal.throwIfAborted()
      if (now().getTime() - reportedMs < reportEveryMs) return
      reportedMs = now().getTime()
      await report({ step: 'reading', done: rows, total })
    })
    const stop = () => archive.stream.destroy(new Error('the export was interrupted'))
    signal.addEventListener('abort', stop, { once: true })
    try {
      await objects.put(exportKey(job), archive.stream, { contentType: 'application/zip', partBytes })
    } finally {
      signal.removeEventListener('abort', stop)
    }
    const { bytes, sha256 } = archive.measured()
    const rows = Object.fromEntries(archive.entries.map((entry) => [entry.file, entry.rows]))
    const result = { archive: true, bytes, sha256, rows }
    return { kind: 'done', result, expiresAt: new Date(now().getTime() + keptMs) }
  }

  async function* linesOf(table: ExportedTable, selection: Selection): AsyncGenerator<string[]> {
    const isOfSessions = table.table === 'session_view'
    const names: SessionNames = isOfSessions ? await readSessionNames(selection.tenantId) : new Map()
    for await (const page of readRows(sql, table, selection))
      yield isOfSessions ? page.map((line) => renamed(line, names)) : page
  }

  async function countAll(selection: Selection): Promise<number | null> {
    try {
      let total = 0
      for (const table of exportedTables)
        if (isIn(table, selection.mode)) total += await countRows(sql, table, selection)
      return total
    } catch (error) {
      if (isUnavailable(error)) return null // counting took too long: nobody needs it
      throw error
    }
  }
}

/** Removes archives whose time is over; resolves with how many. */
export async function removeOldArchives(sql: Sql, objects: Pick<ObjectStore, 'delete'>): Promise<number> {
  const old = await sql<Pick<Job, 'tenantId' | 'jobId'>[]>`
    select tenant_id as "tenantId", job_id as "jobId" from job
    where kind = 'export' and expires_at < now() and result ? 'archive' limit 100`
  for (const one of old) {
    await objects.delete(exportKey(one))
    await sql`update job set result = result - 'archive' where tenant_id = ${one.tenantId} and job_id = ${one.jobId}`
  }
  return old.length
}

/** What jobs tell of themselves is kept for this long after they ended. */
export const removeOldJobs = async (sql: Sql, keptDays: number): Promise<number> =>
  (
    await sql`delete from job where ctid = any (array(
      select ctid from job where due_at is null and not result ? 'archive'
        and finished_at < now() - make_interval(days => ${keptDays}) limit 1000))`
  ).count
