import type { DataExport } from '@wagate/api/export.ts'
import { z } from 'zod'
import { presentJob } from '../job/present.ts'
import type { JobRow } from '../job/store.ts'

/** What the scheduler tells of an archive; nothing before there is one. */
const result = z.object({
  rows: z.record(z.string(), z.number()).nullable().catch(null),
  bytes: z.number().nullable().catch(null),
  sha256: z.string().nullable().catch(null),
})

export const presentExport = (row: JobRow): DataExport => ({
  ...presentJob(row),
  ...result.parse(row.result),
  expires_at: row.expiresAt?.toISOString() ?? null,
})
