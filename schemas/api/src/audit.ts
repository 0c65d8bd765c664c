// The audit log: who changed what, numbered and chained by hashes.
import { auditActions, auditActorKinds, auditChanges } from '@wagate/messages/audit.ts'
import { chainFaults } from '@wagate/messages/audit-chain.ts'
import { z } from 'zod'
import { page, pageQuery } from './paging.ts'
import { mode, timestamp } from './party.ts'

const sha256 = z.string().meta({ example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' })

/** Exactly the members that are hashed, and `hash`. */
export const auditRecord = z
  .object({
    tenant_id: z.string(),
    number: z.int().meta({ description: '1, 2, 3, … without a gap.', example: 4711 }),
    id: z.string().meta({ example: 'aud_01KAH2Z6W4V8D9Q3N5R7T1XYZC' }),
    time: timestamp,
    actor: z.object({
      kind: z.enum(auditActorKinds).meta({ description: '`system`: Wagate by itself, `operator`: who runs it.' }),
      id: z.string().nullable().meta({ example: 'Zx81kQ0a' }),
    }),
    action: z.string().meta({ example: 'api_key.created' }),
    targets: z.array(z.string()).meta({
      description: 'Ids of what it was done to; of a rotation the old one and the new one.',
      example: ['Ab12Cd34'],
    }),
    mode: mode.nullable(),
    request_id: z.string().nullable(),
    route: z.string().nullable().meta({ example: 'POST /v1/api-keys' }),
    address: z
      .string()
      .nullable()
      .meta({ description: "The caller's network: /24 of IPv4, /48 of IPv6.", example: '203.0.113.0/24' }),
    changes: auditChanges.meta({
      description: 'What was decided. Never a secret, a phone number or what people wrote.',
      example: { scopes: ['messages:write'] },
    }),
    previous_hash: sha256.meta({ description: '`hash` of the entry before; 64 zeros before the first.' }),
    hash: sha256.meta({
      description: 'SHA-256, in hex, of this entry without `hash`, as canonical JSON (RFC 8785).',
    }),
  })
  .meta({ id: 'AuditRecord' })
export type AuditRecord = z.infer<typeof auditRecord>

const id = z.string().max(64, 'This is no id.').optional()
const time = z.iso.datetime({ offset: true, error: 'Write a time like 2026-11-20T10:15:00Z.' }).optional()
const position = z.coerce
  .number({ error: 'Write the number of an entry.' })
  .int('Write a whole number.')
  .min(0, 'Write 0 or more.')
  .optional()

export const auditQuery = z.strictObject({
  ...pageQuery,
  actor: id.meta({ description: 'Only what this key or person did.' }),
  action: z
    .enum(auditActions, { error: 'Write one of the actions, like "api_key.created".' })
    .optional()
    .meta({ description: 'Only this action.', example: 'api_key.created' }),
  target: id.meta({ description: 'Only what was done to this.' }),
  mode: mode.optional(),
  since: time.meta({ description: 'At this time or later.' }),
  until: time.meta({ description: 'Earlier than this.' }),
  after: position.meta({ description: 'Only entries with a higher number: to go on after an export.' }),
})
export type AuditQuery = Partial<z.infer<typeof auditQuery>>

export const auditPage = page(auditRecord, 'AuditPage')

export const verificationQuery = z.strictObject({
  after: position.meta({ description: 'Begin with this entry; without it with the oldest.' }),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'Write the 64 digits of the hash as they were shown.')
    .optional()
    .meta({ description: 'Of the entry `after`, as you kept it: if it is another one now, the log was changed.' }),
})
export type VerificationQuery = z.infer<typeof verificationQuery>

export const auditVerification = z
  .object({
    holds: z.boolean(),
    after: z.int().meta({ description: 'The entry after which was checked; 0 before the first.' }),
    through: z
      .int()
      .meta({ description: 'The last entry that is as it was written. Keep it with `hash`, and check later.' }),
    hash: sha256.meta({ description: 'Of the entry `through`.' }),
    complete: z
      .boolean()
      .meta({ description: 'False: there are more. Ask again with `after` and `hash` of this answer.' }),
    broken_at: z
      .int()
      .nullable()
      .meta({ description: 'The first number at which the log does not hold; null if it does.' }),
    fault: z.enum(chainFaults).nullable().meta({
      description:
        '`missing`: it is not there. `detached`: it does not follow the one before. `altered`: it is not what was written.',
    }),
  })
  .meta({ id: 'AuditVerification' })
export type AuditVerification = z.infer<typeof auditVerification>
