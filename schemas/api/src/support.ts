// Support access: an operator looks into an account for a while, and the account sees who, why and until when.
import { z } from 'zod'
import { page, pageQuery } from './paging.ts'
import { mode, timestamp } from './party.ts'
import { text } from './text.ts'

export const minMinutes = 5
export const maxMinutes = 480
const minutesSentence = `Write a whole number of minutes, ${minMinutes} to ${maxMinutes}.`

export const openSupportAccess = z
  .strictObject({
    reason: text({ min: 3, max: 500, sentence: 'Write the reason as text.' }).meta({
      description: 'Shown to the account, and mailed to its owners.',
    }),
    minutes: z
      .int(minutesSentence)
      .min(minMinutes, minutesSentence)
      .max(maxMinutes, minutesSentence)
      .default(60)
      .meta({ description: 'How long it lasts, unless somebody ends it before.' }),
  })
  .meta({
    id: 'OpenSupportAccess',
    example: { reason: 'You asked why webhooks come late (request 4711).', minutes: 60 },
  })
export type OpenSupportAccess = z.input<typeof openSupportAccess>

export const supportAccessStates = ['open', 'expired', 'ended'] as const
export const supportAccess = z
  .object({
    id: z.string().meta({ example: 'sup_01KAJ3Q5V0G1HNTD1Q0D7X5W3A' }),
    tenant_id: z.string(),
    operator_id: z.string().meta({ description: 'Who looks; named in the audit log too.' }),
    reason: z.string(),
    state: z.enum(supportAccessStates).meta({ description: '`ended`: by somebody, before its time.' }),
    created_at: timestamp,
    ends_at: timestamp.meta({ description: 'When its time is over.' }),
    ended_at: timestamp.nullable(),
    ended_by: z.string().nullable().meta({
      description: '`operator:`, or `person:` or `key:` of the account, and the id.',
      example: 'person:per_01KAJ3Q5V0G1HNTD1Q0D7X5W3B',
    }),
  })
  .meta({ id: 'SupportAccess' })
export type SupportAccess = z.infer<typeof supportAccess>
export const supportAccessPage = page(supportAccess, 'SupportAccessPage')

export const supportAccessesQuery = z.strictObject(pageQuery)
export const allSupportAccessesQuery = z.strictObject({
  ...pageQuery,
  tenant_id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'Write the id of an account, like ten_01KAJ3Q5V0G1HNTD1Q0D7X5W3A.')
    .optional()
    .meta({ description: 'Every access to this account, the ended ones too; without it all that are open.' }),
})

export const createSupportToken = z
  .strictObject({ mode: mode.default('live') })
  .meta({ id: 'CreateSupportToken', example: { mode: 'live' } })
export type CreateSupportToken = z.input<typeof createSupportToken>

export const supportToken = z
  .object({
    token: z.string().meta({ description: 'A JWT. Send it as `Authorization: Bearer`.', example: 'eyJ…' }),
    mode,
    scopes: z.array(z.string()),
    expires_at: timestamp,
  })
  .meta({ id: 'SupportToken' })
export type SupportToken = z.infer<typeof supportToken>
