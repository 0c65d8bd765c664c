// Virtual phones: people to link with and to talk to in test mode.
import { z } from 'zod'
import { page } from './paging.ts'
import { party, recipient, timestamp } from './party.ts'

export const createPhone = z
  .strictObject({
    number: z
      .string({ error: 'Write the number as text.' })
      .regex(/^\+999\d{6,12}$/, 'Sandbox numbers start with +999 and have 9 to 15 digits, like "+999100200300".')
      .optional()
      .meta({ description: 'One that is free is chosen when it is left out.', example: '+999100200300' }),
    name: z
      .string({ error: 'Write the name as text.' })
      .min(1, 'Write at least one character.')
      .max(100, 'Use at most 100 characters.')
      .optional(),
    auto_read: z
      .boolean({ error: 'Write true or false.' })
      .optional()
      .meta({ description: 'Reads every message as it arrives.' }),
  })
  .meta({ id: 'CreatePhone' })
export type CreatePhone = z.infer<typeof createPhone>

export const phone = z
  .object({
    id: z.string(),
    number: z.string(),
    lid: z.string().nullable(),
    name: z.string().nullable(),
    online: z.boolean(),
    auto_read: z.boolean(),
  })
  .meta({ id: 'Phone' })
export type Phone = z.infer<typeof phone>
export const phonePage = page(phone, 'PhonePage')

/** One of the two: the QR string itself, or the session that shows it. */
export const scan = z
  .strictObject({
    qr: z.string({ error: 'Write the QR string as text.' }).min(1).max(2_048).optional(),
    session_id: z.string({ error: 'Write the id of a session.' }).max(64).optional(),
  })
  .refine((body) => (body.qr === undefined) !== (body.session_id === undefined), {
    error: 'Send either `session_id` or `qr`.',
  })
  .meta({ id: 'Scan', example: { session_id: 'ses_01KAH2Z6W4V8D9Q3N5R7T1XYZC' } })
export type Scan = z.infer<typeof scan>

export const scanned = z.object({ account: party, device: z.int() }).meta({ id: 'Scanned' })
export type Scanned = z.infer<typeof scanned>

export const phoneSend = z
  .strictObject({
    to: recipient,
    text: z
      .string({ error: 'Write the text of the message.' })
      .min(1, 'Write at least one character.')
      .max(65_536, 'Use at most 65536 characters.'),
  })
  .meta({ id: 'PhoneSend', example: { to: '+999100200300', text: 'hello back' } })
export type PhoneSend = z.infer<typeof phoneSend>

export const phoneSent = z.object({ wa_message_id: z.string() }).meta({ id: 'PhoneSent' })
export type PhoneSent = z.infer<typeof phoneSent>

/** What the screen of the phone shows. */
export const phoneMessage = z
  .object({
    wa_message_id: z.string(),
    direction: z.enum(['in', 'out']),
    chat: party,
    text: z.string().nullable(),
    at: timestamp,
    status: z.string().nullable(),
  })
  .meta({ id: 'PhoneMessage' })
export type PhoneMessage = z.infer<typeof phoneMessage>
export const phoneMessagePage = page(phoneMessage, 'PhoneMessagePage')

export const phoneRead = z
  .strictObject({ wa_message_ids: z.array(z.string().max(128)).max(200).optional() })
  .meta({ id: 'PhoneRead', description: 'Without ids: everything that is unread.' })
export type PhoneRead = z.infer<typeof phoneRead>

export const undecryptable = z
  .object({ wa_message_id: z.string(), reason: z.string(), at: timestamp })
  .meta({ id: 'Undecryptable' })
