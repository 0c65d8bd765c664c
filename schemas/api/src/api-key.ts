import { scopes } from '@wagate/messages/control.ts'
import { z } from 'zod'
import { scopeList, sessionIds } from './grant.ts'
import { page, pageQuery } from './paging.ts'
import { mode, timestamp } from './party.ts'
import { text } from './text.ts'

export const maxKeySessions = 100
export const maxOverlapSeconds = 7 * 86_400

const future = z.iso.datetime({ error: 'Write a time like 2027-01-31T00:00:00Z.' })

export const createApiKey = z
  .strictObject({
    name: text({ min: 1, max: 100, sentence: 'Write the name as text.' })
      .nullable()
      .default(null)
      .meta({ description: 'For your own lists.', example: 'shop' }),
    scopes: scopeList(scopes, 'messages:write').meta({
      description: 'What it may do; nothing that your own key may not.',
      example: ['messages:write'],
    }),
    session_ids: sessionIds(maxKeySessions).meta({
      description: 'The only sessions that it reaches; null for all, those to come included.',
      example: null,
    }),
    requests_per_second: z
      .int({ error: 'Write a whole number.' })
      .min(1, 'Allow at least 1.')
      .max(10_000, 'Allow at most 10,000.')
      .nullable()
      .default(null)
      .meta({ description: 'Lower than what every key may; null for that.', example: 10 }),
    expires_at: future
      .nullable()
      .default(null)
      .meta({ description: 'It works until then; null for ever.', example: '2027-01-31T00:00:00Z' }),
  })
  .meta({ id: 'CreateApiKey', example: { name: 'shop', scopes: ['messages:write'] } })
export type CreateApiKey = z.input<typeof createApiKey>

export const rotateApiKey = z
  .strictObject({
    overlap_seconds: z
      .int({ error: 'Write a whole number of seconds.' })
      .min(0, 'Write 0 to end the old key at once.')
      .max(maxOverlapSeconds, `Write at most ${maxOverlapSeconds} (7 days).`)
      .default(86_400)
      .meta({ description: 'How long the old key works on.', example: 3_600 }),
    expires_at: future
      .nullable()
      .optional()
      .meta({ description: 'When the new key ends, null for never; as the old one when left out.' }),
  })
  .meta({ id: 'RotateApiKey', example: { overlap_seconds: 3_600 } })
export type RotateApiKey = z.input<typeof rotateApiKey>

const fields = {
  id: z.string().meta({ description: 'The part of the key after its mode.', example: 'Zx81kQ0a' }),
  mode: mode.meta({ description: 'Of the key that made it.' }),
  name: z.string().nullable(),
  scopes: z.array(z.string()),
  session_ids: z.array(z.string()).nullable(),
  requests_per_second: z.int().nullable(),
  created_at: timestamp,
  last_used_at: timestamp.nullable().meta({ description: 'Written about once a minute; null when it never was used.' }),
  expires_at: timestamp.nullable(),
  revoked_at: timestamp.nullable(),
}

export const apiKey = z.object(fields).meta({ id: 'ApiKey' })
export type ApiKey = z.infer<typeof apiKey>

export const apiKeyWithSecret = z
  .object({
    ...fields,
    api_key: z.string().meta({
      description: 'The key itself. Shown only here: store it.',
      example: 'wgk_test_Zx81kQ0a_…',
    }),
  })
  .meta({ id: 'ApiKeyWithSecret' })
export type ApiKeyWithSecret = z.infer<typeof apiKeyWithSecret>

export const apiKeysQuery = z.strictObject(pageQuery)
export const apiKeyPage = page(apiKey, 'ApiKeyPage')
