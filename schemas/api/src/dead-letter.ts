// What could not be handled, as operators see it: where it was and why, never what it says.
import { z } from 'zod'
import { page, pageQuery } from './paging.ts'
import { timestamp } from './party.ts'

const token = z.string('Write one id.').regex(/^[A-Za-z0-9_-]{1,64}$/, 'Use up to 64 letters, digits, - and _.')

export const deadLetter = z
  .object({
    sequence: z.int().meta({ description: 'Its position in DEAD_LETTERS, by which it is retried or deleted.' }),
    at: timestamp.meta({ description: 'When it was set aside.' }),
    stream: z.string().meta({ description: 'Where it was.', example: 'COMMANDS' }),
    consumer: z.string().meta({ description: 'Who could not handle it.', example: 'worker-s7' }),
    type: z.string().nullable().meta({ description: 'Of a command or an event.', example: 'message.send' }),
    tenant_id: z.string().nullable(),
    session_id: z.string().nullable(),
    cause: z.string().meta({ description: 'Why, without any of its contents.' }),
    attempts: z.int().nullable().meta({ description: 'How often it was tried; null when nobody counted.' }),
    stored_at: timestamp.nullable().meta({ description: 'When it was stored where it was.' }),
    retriable: z.boolean().meta({ description: 'Whether it can be put back; an event is mended in another way.' }),
  })
  .meta({ id: 'DeadLetter' })
export type DeadLetter = z.infer<typeof deadLetter>

export const deadLettersQuery = z.strictObject({
  ...pageQuery,
  stream: token.optional().meta({ description: 'Only what was there.', example: 'COMMANDS' }),
  tenant_id: token.optional().meta({ description: 'Only what concerned the account.' }),
})
export type DeadLettersQuery = z.infer<typeof deadLettersQuery>

export const deadLetterPage = page(deadLetter, 'DeadLetterPage')
