// Work in the background, as people see it.
import { z } from 'zod'
import { mode, timestamp } from './party.ts'

export const jobStatuses = ['waiting', 'running', 'succeeded', 'failed', 'cancelled'] as const

/** What every kind of job tells. */
export const jobFields = {
  id: z.string().meta({ example: 'job_01KAH2Z6W4V8D9Q3N5R7T1XYZC' }),
  status: z.enum(jobStatuses).meta({ description: '`waiting` also when it failed and is tried again.' }),
  mode,
  progress: z.object({
    step: z.string().nullable().meta({ description: 'What it is doing now.' }),
    done: z.int(),
    total: z.int().nullable().meta({ description: 'Null while nobody knows.' }),
  }),
  error: z
    .object({ code: z.string() })
    .nullable()
    .meta({ description: '`unavailable`: something it needs was away. `internal`: tell support the id.' }),
  created_at: timestamp,
  started_at: timestamp.nullable(),
  finished_at: timestamp.nullable(),
}
