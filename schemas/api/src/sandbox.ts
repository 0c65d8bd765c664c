// Virtual phones: people to link with and to talk to in test mode.

import { maxTextLength } from '@wagate/messages/commands.ts'
import { chatState } from '@wagate/messages/envelope.ts'
import { z } from 'zod'
import { page, pageQuery } from './paging.ts'
import { recipient, timestamp } from './party.ts'
import { text } from './text.ts'

export const createPhone = z
  .strictObject({
    number: z
      .string({ error: 'Write the number as text.' })
      .regex(/^\+999\d{6,12}$/, 'Sandbox numbers start with +999 and have 9 to 15 digits, like "+999100200300".')
      .optional()
      .meta({ description: 'One that is free is chosen when it is left out.', example: '+999100200300' }),
    name: text({ min: 1, max: 100, sentence: 'Write the name as text.' }).optional(),
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
    lid: z.string(),
    name: z.string(),
    online: z.boolean(),
    auto_read: z.boolean(),
    linked_devices: z.array(z.object({ device: z.int(), jid: z.string(), connected: z.boolean() })),
    typing: z.array(z.string()).default([]).meta({ description: 'Numbers of those who type to it right now.' }),
  })
  .meta({ id: 'Phone' })
export type Phone = z.infer<typeof phone>
export const phonePage = page(phone, 'PhonePage')

/** One of the two: the QR string itself, or the session that shows it. */
export const scan = z
  .strictObject({
    qr: z
      .string({ error: 'Write the QR string as text.' })
      .min(1, 'Write the QR string.')
      .max(2_000, 'This is not a QR string of a session.')
      .optional(),
    session_id: z.string({ error: 'Write the id of a session.' }).max(64, 'Write the id of a session.').optional(),
  })
  .refine((body) => (body.qr === undefined) !== (body.session_id === undefined), {
    error: 'Send either `session_id` or `qr`.',
  })
  .meta({ id: 'Scan', example: { session_id: 'ses_01KAH2Z6W4V8D9Q3N5R7T1XYZC' } })
export type Scan = z.infer<typeof scan>

export const enterCode = z
  .strictObject({
    code: z
      .string({ error: 'Write the pairing code as text.' })
      .min(1, 'Write the pairing code.')
      .max(32, 'A pairing code has eight characters.')
      .meta({ description: 'With or without its hyphen.' }),
  })
  .meta({ id: 'EnterCode', example: { code: 'ABCD-EFGH' } })
export type EnterCode = z.infer<typeof enterCode>

export const scanned = z
  .object({ jid: z.string(), lid: z.string(), device: z.int() })
  .meta({ id: 'Scanned', description: 'The linked device, as WhatsApp names it.' })
export type Scanned = z.infer<typeof scanned>

export const phoneSend = z
  .strictObject({
    to: recipient,
    text: text({ min: 1, max: maxTextLength, sentence: 'Write the text of the message.' }),
  })
  .meta({ id: 'PhoneSend', example: { to: '+999100200300', text: 'hello back' } })
export type PhoneSend = z.infer<typeof phoneSend>

export const phoneTyping = z
  .strictObject({
    to: recipient,
    state: z.enum(chatState.options, { error: 'Write "composing" or "paused".' }),
  })
  .meta({ id: 'PhoneTyping', example: { to: '+999100200300', state: 'composing' } })
export type PhoneTyping = z.infer<typeof phoneTyping>

export const phoneSent = z
  .object({ id: z.string().meta({ description: "WhatsApp's id of the message." }) })
  .meta({ id: 'PhoneSent' })
export type PhoneSent = z.infer<typeof phoneSent>

/** What the screen of the phone shows. */
export const phoneMessage = z
  .object({
    seq: z.int().meta({ description: 'Position on this phone, from 1.' }),
    id: z.string().meta({ description: "WhatsApp's id of the message." }),
    chat: z.string(),
    from_me: z.boolean(),
    from: z.string(),
    text: z.string(),
    at: timestamp,
    status: z.string(),
  })
  .meta({ id: 'PhoneMessage' })
export type PhoneMessage = z.infer<typeof phoneMessage>
export const phoneMessagePage = page(phoneMessage, 'PhoneMessagePage')

/** Oldest first, so that one can ask again and again for what is new. */
export const phoneMessagesQuery = z.strictObject({
  limit: pageQuery.limit,
  cursor: z
    .string()
    .regex(/^\d{1,12}$/, 'Send the `seq` of the last message that you have.')
    .default('0')
    .meta({
      description: 'The `seq` of the last message that you have.',
    }),
})

export const phoneRead = z
  .strictObject({
    ids: z
      .array(z.string().min(1).max(128), { error: 'Write a list of message ids.' })
      .max(1_000, 'Name at most 1,000 messages.')
      .optional(),
  })
  .meta({ id: 'PhoneRead', description: 'Without ids: everything that is unread.' })
export type PhoneRead = z.infer<typeof phoneRead>

export const phoneReadAnswer = z.object({ read: z.int() }).meta({ id: 'PhoneReadAnswer' })
export type PhoneReadAnswer = z.infer<typeof phoneReadAnswer>

/** A message that the phone could not decrypt: there should be none. */
export const undecryptable = z
  .object({
    id: z.string(),
    from: z.string(),
    at: timestamp,
    reason: z.string(),
    retries: z.int(),
    recovered: z.boolean(),
  })
  .meta({ id: 'Undecryptable' })
export type Undecryptable = z.infer<typeof undecryptable>
export const undecryptablePage = page(undecryptable, 'UndecryptablePage')
