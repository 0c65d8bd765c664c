import { z } from 'zod'
import { scopeList, sessionIds } from './grant.ts'
import { timestamp } from './party.ts'

/** Browsers and devices read; whoever has a token cannot send, change or make anything. */
export const tokenScopes = ['sessions:read', 'messages:read', 'events:read'] as const
export const maxTokenSeconds = 3_600

export const createToken = z
  .strictObject({
    scopes: scopeList(tokenScopes, 'events:read').meta({
      description: 'What it may do; nothing that your API key may not.',
      example: ['events:read'],
    }),
    session_ids: sessionIds(20).meta({
      description: 'The only sessions that it reaches; null for all that your API key does.',
      example: null,
    }),
    expires_in: z
      .int({ error: 'Write a whole number of seconds.' })
      .min(60, 'Write at least 60.')
      .max(maxTokenSeconds, `Write at most ${maxTokenSeconds}.`)
      .default(900)
      .meta({ description: 'Seconds for which it works.', example: 900 }),
  })
  .meta({ id: 'CreateToken', example: { scopes: ['events:read'] } })
export type CreateToken = z.input<typeof createToken>

export const token = z
  .object({
    token: z.string().meta({ description: 'A JWT (RFC 7519). Send it as `Authorization: Bearer`.', example: 'eyJ…' }),
    scopes: z.array(z.string()),
    session_ids: z.array(z.string()).nullable(),
    expires_at: timestamp,
  })
  .meta({ id: 'Token' })
export type Token = z.infer<typeof token>
