import { lane, maxTextLength } from '@wagate/messages/commands.ts'
import { messageStates } from '@wagate/messages/events.ts'
import { z } from 'zod'
import { page, pageQuery } from './paging.ts'
import { party, recipient, timestamp } from './party.ts'
import { text } from './text.ts'

/** As in the Cloud API: `type` names the member that holds the content. */
export const sendMessage = z
  .strictObject({
    to: recipient,
    type: z.literal('text', { error: 'Write "text": other types are not offered yet.' }),
    text: z.strictObject({
      body: text({ min: 1, max: maxTextLength, sentence: 'Write the text of the message.' }).meta({ example: 'hi' }),
    }),
    lane: z.enum(lane.options, { error: 'Write "high", "normal" or "bulk".' }).optional().meta({
      description:
        'How urgent it is; `normal` unless told. `high` goes first, `bulk` last, and none waits for ever. Messages of one lane keep their order.',
    }),
    expires_at: z.iso
      .datetime({ offset: true, error: 'Write a time as RFC 3339 has it, like "2026-11-20T10:15:00Z".' })
      .optional()
      .meta({
        description: 'If it still waits then, it is not sent any more. At most 30 days from now.',
        example: '2026-11-20T10:15:00Z',
      }),
  })
  .meta({ id: 'SendMessage', example: { to: '+999100200300', type: 'text', text: { body: 'hi' } } })
export type SendMessage = z.infer<typeof sendMessage>

/** The answer to a send: it is stored and will be sent; what becomes of it comes as events. */
export const acceptedMessage = z
  .object({
    id: z.string().meta({ example: 'msg_01KAH2Z6W4V8D9Q3N5R7T1XYZC' }),
    status: z.literal('accepted'),
    session_id: z.string(),
    to: recipient,
    type: z.literal('text'),
    lane: lane.optional(),
    expires_at: timestamp.nullable().optional(),
    created_at: timestamp,
  })
  .meta({ id: 'AcceptedMessage' })
export type AcceptedMessage = z.infer<typeof acceptedMessage>

/** Of a message that waits in its session. */
export const queuePlace = z
  .object({
    position: z.int().meta({ description: '1 = next.' }),
    lane,
    expected_at: timestamp.nullable().meta({
      description: 'About when it goes, at the pace of the session; null while the session is not connected.',
    }),
    expires_at: timestamp.nullable().meta({ description: 'It is not sent after this.' }),
  })
  .meta({ id: 'QueuePlace' })

export const message = z
  .object({
    id: z.string(),
    session_id: z.string(),
    chat_id: z.string().nullable().meta({ description: 'Null until the first event of the message is stored.' }),
    direction: z.enum(['inbound', 'outbound']),
    via: z.enum(['api', 'phone']).nullable().meta({
      description: 'Of an outbound message: sent through this API, or on the phone or another linked device.',
    }),
    status: z.enum([...messageStates, 'received']).meta({
      description:
        'Of an outbound message: how far it got. Inbound ones are `received`. `queued` and `sending` are told by the worker that has the session, for a single message and in the list of a chat; without its answer, and in other lists, they are not shown.',
    }),
    queue: queuePlace.nullable().meta({ description: 'Where it stands, while its status is `queued`.' }),
    chat: party.meta({ description: 'The other side.' }),
    from: party.nullable().meta({ description: 'Who wrote an inbound message.' }),
    type: z.enum(['text', 'unsupported']),
    text: z.object({ body: z.string() }).optional(),
    unsupported: z.object({ kind: z.string() }).optional(),
    wa_message_id: z.string().nullable().meta({ description: "WhatsApp's own id." }),
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
    created_at: timestamp,
    sent_at: timestamp.nullable(),
    delivered_at: timestamp.nullable(),
    read_at: timestamp.nullable(),
    played_at: timestamp.nullable(),
    failed_at: timestamp.nullable(),
    cancelled_at: timestamp.nullable(),
    expired_at: timestamp.nullable(),
  })
  .meta({ id: 'Message' })
export type Message = z.infer<typeof message>

export const messagesQuery = z.strictObject(pageQuery)
export const messagePage = page(message, 'MessagePage')
