// Messages over time: how many went which way, and what became of them. Made for charts; what is billed by is in usage.ts.
import { z } from 'zod'
import { mode, timestamp } from './party.ts'

/** For how long figures by hour are kept. */
export const maxAnalyticsDays = 92
/** A chart of more columns shows nothing. */
export const maxHourlyDays = 31

export const analyticsIntervals = ['hour', 'day'] as const
export type AnalyticsInterval = (typeof analyticsIntervals)[number]

const moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'Write a time like 2026-11-20T10:00:00Z, or a date.',
  })
  .refine((text) => text.startsWith('20'), { error: 'Write a time like 2026-11-20T10:00:00Z, or a date.' })

export const analyticsQuery = z.strictObject({
  from: moment.optional().meta({
    description: 'From the hour or day, in UTC, that this time lies in; unless told 24 hours or 30 days in all.',
    example: '2026-11-20T00:00:00Z',
  }),
  to: moment.optional().meta({
    description:
      'Up to the hour or day that this time lies in, which is not counted if it begins at it; now unless told.',
    example: '2026-11-21T00:00:00Z',
  }),
  interval: z
    .enum(analyticsIntervals, { error: 'Write hour or day.' })
    .default('hour')
    .meta({ description: `By hour at most ${maxHourlyDays} days; by day ${maxAnalyticsDays}.` }),
  session_id: z
    .string('Write one id.')
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'Write the id of a session.')
    .optional()
    .meta({ description: 'Only of this session.' }),
})
export type AnalyticsQuery = z.input<typeof analyticsQuery>

const count = z.int().min(0)
const figures = {
  received: count,
  sent: count.meta({ description: 'Sent through this API, and taken by WhatsApp.' }),
  delivered: count.meta({ description: 'Of those sent, told by receipts.' }),
  read: count,
  played: count,
  failed: count,
  unconfirmed: count.meta({ description: 'May have been sent; those that turn out to be are in `sent` too.' }),
  cancelled: count,
  expired: count,
  sent_by_phone: count.meta({ description: 'Written on the phone, or on another of its linked devices.' }),
}
export const messageCounts = z.object(figures).meta({ id: 'MessageCounts' })
export type MessageCounts = z.infer<typeof messageCounts>

export const messageBucket = z
  .object({ at: timestamp.meta({ description: 'Its beginning.' }), ...figures })
  .meta({ id: 'MessageBucket' })
export type MessageBucket = z.infer<typeof messageBucket>

const share = z.number().min(0).max(1).nullable()

export const messageAnalytics = z
  .object({
    mode,
    interval: z.enum(analyticsIntervals),
    from: timestamp,
    to: timestamp.meta({ description: 'Where the last interval ends; what is not over yet still grows.' }),
    total: messageCounts,
    rates: z
      .object({
        delivered: share.meta({ description: 'Of what was sent.' }),
        read: share.meta({ description: 'Of what was sent.' }),
        failed: share.meta({ description: 'Of what was sent or failed.' }),
      })
      .meta({ description: 'From 0 to 1; null where there is nothing to divide by.' }),
    buckets: z.array(messageBucket).meta({ description: 'Every hour or day of the range, in order.' }),
  })
  .meta({ id: 'MessageAnalytics' })
export type MessageAnalytics = z.infer<typeof messageAnalytics>
