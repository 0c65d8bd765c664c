import { z } from 'zod'
import { mode } from './party.ts'

export const maxUsageDays = 366

/** Of this century, so that no calendar of any part in between breaks on it. */
const day = z.iso
  .date({ error: 'Write a date like 2026-11-01.' })
  .refine((text) => text.startsWith('20'), { error: 'Write a date like 2026-11-01.' })

export const usageQuery = z.strictObject({
  from: day.optional().meta({
    description: 'The first day, in UTC; the first of the month of `to` unless told.',
    example: '2026-11-01',
  }),
  to: day.optional().meta({
    description: `The last day, in UTC, and at most ${maxUsageDays} days with the first; today unless told.`,
    example: '2026-11-30',
  }),
})
export type UsageQuery = z.input<typeof usageQuery>

const count = z.int().min(0)

const typeCounts = z.object({ sent: count, sent_by_phone: count, received: count })

const messages = z.object({
  sent: count.meta({ description: 'Sent through this API, and taken by WhatsApp.' }),
  sent_by_phone: count.meta({ description: 'Written on the phone, or on another of its linked devices.' }),
  received: count,
  delivered: count.meta({ description: 'Receipts for messages sent through this API, by the day of the receipt.' }),
  read: count,
  played: count,
  failed: count,
  unconfirmed: count.meta({ description: 'May have been sent; those that turn out to be are in `sent` too.' }),
  cancelled: count,
  expired: count,
  by_type: z
    .record(z.string(), typeCounts)
    .meta({ description: 'By type of message; types of which there were none are left out.' }),
})

const figures = {
  sessions: count.meta({
    description: 'The most sessions that existed at one moment; in `total` the most on any of the days.',
  }),
  messages,
  media_bytes: z.object({ sent: count, received: count }),
  api_calls: z
    .object({
      total: count,
      succeeded: count.meta({ description: 'Answered with a status below 400.' }),
      refused: count.meta({ description: 'With 4xx, but for 429.' }),
      rate_limited: count.meta({ description: 'With 429.' }),
      failed: count.meta({ description: 'With 5xx: our fault.' }),
    })
    .meta({ description: 'Requests with a valid key or token; up to a minute late.' }),
}

export const usageFigures = z.object(figures).meta({ id: 'UsageFigures' })
export type UsageFigures = z.infer<typeof usageFigures>

export const dayUsage = z
  .object({ date: z.iso.date().meta({ description: 'In UTC.', example: '2026-11-20' }), ...figures })
  .meta({ id: 'DayUsage' })
export type DayUsage = z.infer<typeof dayUsage>

const exampleFigures: UsageFigures = {
  sessions: 2,
  messages: {
    ...{ sent: 120, sent_by_phone: 8, received: 95, delivered: 118, read: 80, played: 0 },
    ...{ failed: 2, unconfirmed: 0, cancelled: 1, expired: 0 },
    by_type: {
      text: { sent: 120, sent_by_phone: 8, received: 90 },
      unsupported: { sent: 0, sent_by_phone: 0, received: 5 },
    },
  },
  media_bytes: { sent: 0, received: 0 },
  api_calls: { total: 431, succeeded: 426, refused: 4, rate_limited: 1, failed: 0 },
}

export const usage = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    mode,
    total: usageFigures,
    days: z.array(dayUsage).meta({ description: 'Every day that was asked for, in order.' }),
  })
  .meta({
    id: 'Usage',
    example: {
      from: '2026-11-20',
      to: '2026-11-20',
      mode: 'live',
      total: exampleFigures,
      days: [{ date: '2026-11-20', ...exampleFigures }],
    },
  })
export type Usage = z.infer<typeof usage>
