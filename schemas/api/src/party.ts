// How the API names people: by phone number, by LID (WhatsApp's number-free address), or both when both are known.
import { z } from 'zod'

export const timestamp = z.iso.datetime().meta({ example: '2026-11-20T10:15:00.000Z' })

export const party = z
  .object({
    phone: z
      .string()
      .nullable()
      .meta({ description: 'International format with the plus sign.', example: '+999100200300' }),
    lid: z
      .string()
      .nullable()
      .meta({ description: "WhatsApp's address without a phone number.", example: '123456789@lid' }),
  })
  .meta({ id: 'Party' })
export type ApiParty = z.infer<typeof party>

/** Whom to write to: a phone number in international format, or a LID as it came in an event. */
export const recipient = z
  .string({ error: 'Write the number as text, like "+15551234567".' })
  .regex(/^(\+[1-9]\d{4,14}|\d{1,24}@lid)$/, {
    error:
      'Write the number in international format with a plus sign and digits only, like "+15551234567", or a LID, like "123456789@lid".',
  })
  .meta({ example: '+999100200300' })

/** Test keys see test sessions (linked to the sandbox), live keys see live ones. */
export const mode = z.enum(['test', 'live'])
