// How well an account was served, and whether that is what its plan promises: docs/service-levels.md.
import { planName } from '@wagate/messages/plans.ts'
import { z } from 'zod'
import { mode } from './party.ts'
import { type UsageQuery, usageQuery } from './usage.ts'

const count = z.int().min(0)
const percent = z.number().min(0).max(100).nullable()
const seconds = z.number().min(0)

const figures = {
  uptime: z.object({
    percent: percent.meta({
      description:
        'Connected, of the time in which sessions should have been connected and were, or were not through our fault or that of WhatsApp; cut off after three decimals. Null when there was no such time.',
    }),
    connected_seconds: seconds,
    disconnected_seconds: seconds,
    excused_seconds: seconds.meta({
      description:
        'Not connected because of the account or its owner: banned for a while, replaced by another client, its proxy failing. Not in `percent`.',
    }),
  }),
  links: z.object({
    tried: count.meta({ description: 'Attempts to link a session that showed a QR code or a pairing code.' }),
    made: count.meta({ description: 'Those that led to an account. The others were given up.' }),
    percent,
    average_seconds: seconds.nullable().meta({ description: 'From the first code to the account, of those made.' }),
  }),
  migrations: z.object({
    tried: count.meta({ description: 'Changes of the worker or engine that hosts a session, for whatever reason.' }),
    made: count.meta({ description: 'After which it was connected again without a new scan.' }),
    in_time: count.meta({ description: 'Those of them after which it had been away for at most 30 seconds.' }),
    percent,
    in_time_percent: percent,
  }),
  delivery: z.object({
    sent: count,
    delivered: count.meta({ description: 'Receipts of recipients’ phones, on the day on which they came.' }),
    failed: count.meta({ description: 'Messages that WhatsApp or we did not send.' }),
    percent: percent.meta({ description: '`delivered` of `sent`, 100 at most.' }),
    failed_percent: percent.meta({ description: '`failed` of `sent` and `failed` together.' }),
  }),
}

export const serviceFigures = z.object(figures).meta({ id: 'ServiceFigures' })
export type ServiceFigures = z.infer<typeof serviceFigures>

export const dayServiceLevels = z
  .object({ date: z.iso.date().meta({ description: 'In UTC.', example: '2026-11-20' }), ...figures })
  .meta({ id: 'DayServiceLevels' })
export type DayServiceLevels = z.infer<typeof dayServiceLevels>

const promise = z
  .object({
    plan: planName,
    uptime_percent: percent.meta({ description: 'Null when the plan promises none.' }),
    kept: z.boolean().nullable().meta({ description: 'Null when nothing was promised, or no session was linked.' }),
  })
  .meta({ description: 'Of the plan that the account has now, for live sessions, over the whole range.' })
export type ServicePromise = z.infer<typeof promise>

const exampleFigures: ServiceFigures = {
  uptime: { percent: 99.965, connected_seconds: 172_740, disconnected_seconds: 60, excused_seconds: 0 },
  links: { tried: 2, made: 1, percent: 50, average_seconds: 24.5 },
  migrations: { tried: 3, made: 3, in_time: 3, percent: 100, in_time_percent: 100 },
  delivery: { sent: 120, delivered: 118, failed: 2, percent: 98.333, failed_percent: 1.639 },
}

export const serviceLevels = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    mode,
    promise: promise.nullable().meta({ description: 'Null in test mode, for which nothing is promised.' }),
    total: serviceFigures,
    days: z.array(dayServiceLevels).meta({ description: 'Every day that was asked for, in order.' }),
  })
  .meta({
    id: 'ServiceLevels',
    example: {
      from: '2026-11-20',
      to: '2026-11-20',
      mode: 'live',
      promise: { plan: 'max', uptime_percent: 99.9, kept: true },
      total: exampleFigures,
      days: [{ date: '2026-11-20', ...exampleFigures }],
    },
  })
export type ServiceLevels = z.infer<typeof serviceLevels>

export const tenantLevelsQuery = usageQuery.extend({ mode: mode.default('live') })
export type TenantLevelsQuery = z.input<typeof tenantLevelsQuery>

export const allLevelsQuery = usageQuery.extend({
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'The worst so many.' }),
})
export type AllLevelsQuery = UsageQuery & { limit?: number }

export const allServiceLevels = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    tenants: count.meta({ description: 'Accounts of which there is anything to tell in these days.' }),
    below_promise: count.meta({ description: 'Those of them whose plan promises more than they got.' }),
    total: serviceFigures.meta({ description: 'Of all of them together.' }),
    data: z
      .array(z.object({ tenant_id: z.string(), name: z.string(), promise, total: serviceFigures }))
      .meta({ description: 'Worst uptime first; accounts without a linked session last.' }),
  })
  .meta({
    id: 'AllServiceLevels',
    example: {
      from: '2026-11-01',
      to: '2026-11-20',
      tenants: 1,
      below_promise: 0,
      total: exampleFigures,
      data: [
        {
          tenant_id: 'ten_01M7SJ8E5KQ4T9V2N6R1W3XYZA',
          name: 'Shoes & Co',
          promise: { plan: 'max', uptime_percent: 99.9, kept: true },
          total: exampleFigures,
        },
      ],
    },
  })
export type AllServiceLevels = z.infer<typeof allServiceLevels>
