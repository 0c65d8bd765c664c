import { z } from 'zod'
import { jobFields } from './job.ts'
import { page, pageQuery } from './paging.ts'
import { timestamp } from './party.ts'

export const dataExport = z
  .object({
    ...jobFields,
    rows: z
      .record(z.string(), z.int())
      .nullable()
      .meta({ description: 'How many lines each file of the archive has.', example: { 'messages.jsonl': 1200 } }),
    bytes: z.int().nullable().meta({ description: 'Of the archive.' }),
    sha256: z.string().nullable().meta({ description: 'Of the archive, in hex.' }),
    expires_at: timestamp.nullable().meta({ description: 'The archive can be fetched until then.' }),
  })
  .meta({ id: 'Export' })
export type DataExport = z.infer<typeof dataExport>

/** Bytes, whatever a schema of JSON calls them. */
export const exportArchive = z.string().meta({ id: 'ExportArchive', contentMediaType: 'application/zip' })

export const exportsQuery = z.strictObject(pageQuery)
export const exportPage = page(dataExport, 'ExportPage')
