// GET /v1/admin/events: that something of the installation changed, and what to read again. Never the thing itself.
import { z } from 'zod'

export const noticeTypes = [
  'everything.changed',
  'workers.changed',
  'failovers.changed',
  'instances.changed',
  'streams.changed',
  'dead_letters.changed',
  'support_accesses.changed',
  'tenants.changed',
] as const
export type NoticeType = (typeof noticeTypes)[number]

/** More ids than this are not told apart: read all of them. */
export const maxNoticeIds = 100

export const operatorNotice = z
  .object({
    type: z.enum(noticeTypes),
    ids: z
      .array(z.string())
      .meta({ description: `Of what changed; empty when it is many, or has no id. ${maxNoticeIds} at most.` }),
  })
  .meta({ id: 'OperatorNotice', example: { type: 'workers.changed', ids: ['wrk_0123456789abcdef'] } })
export type OperatorNotice = z.infer<typeof operatorNotice>
