// The life of a session in entries that a person can read.
import { auditActorKinds } from '@wagate/messages/audit.ts'
import { timelineReasons, timelineTypes } from '@wagate/messages/timeline.ts'
import { z } from 'zod'
import { page, pageQuery } from './paging.ts'
import { timestamp } from './party.ts'

export const timelineEntry = z
  .object({
    id: z.string(),
    at: timestamp,
    type: z
      .enum(timelineTypes)
      .meta({ description: 'Types ending in `_asked`, `_changed` and `_ordered` are what somebody did.' }),
    reason: z.enum(timelineReasons).nullable().meta({
      description:
        'Why; for most types null. `logged_out`: by the phone or by WhatsApp, `logged_out_as_asked`: through Wagate.',
    }),
    by: z
      .object({ kind: z.enum(auditActorKinds), id: z.string().nullable() })
      .nullable()
      .meta({ description: 'Who asked for it, as in the audit log; null for what happened by itself.' }),
    detail: z.object({
      until: timestamp.optional().meta({ description: 'When a pause or a restriction is over.' }),
      since: timestamp.optional().meta({ description: 'Since when nobody had the session, or its proxy failed.' }),
      gap_ms: z.int().optional().meta({ description: 'Of a move: for how long the session was away.' }),
      code: z.int().optional().meta({ description: "WhatsApp's code of a disconnect." }),
      changes: z
        .record(z.string(), z.unknown())
        .optional()
        .meta({ description: 'What was set, as in the audit log.', example: { 'pacing.per_second': 0.5 } }),
    }),
  })
  .meta({ id: 'TimelineEntry' })
export type TimelineEntry = z.infer<typeof timelineEntry>

export const timelineQuery = z.strictObject(pageQuery)
export const timelinePage = page(timelineEntry, 'TimelinePage')
