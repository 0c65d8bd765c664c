import { maxTextLength } from '@wagate/messages/commands.ts'
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
    created_at: timestamp,
  })
  .meta({ id: 'AcceptedMessage' })
export type AcceptedMessage = z.infer<typeof acceptedMessage>

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
      description: 'Of an outbound message: how far it got; it never goes back. Inbound ones are `received`.',
    }),
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
  })
  .meta({ id: 'Message' })
export type Message = z.infer<typeof message>

export const messagesQuery = z.strictObject(pageQuery)
export const messagePage = page(message, 'MessagePage')

export const chat = z
  .object({
    id: z.string().meta({ example: 'cht_01KAH2Z6W4V8D9Q3N5R7T1XYZC' }),
    session_id: z.string(),
    phone: z.string().nullable(),
    lid: z.string().nullable(),
    name: z.string().nullable().meta({ description: 'The name that the other side shows, if it was seen.' }),
    last_message_id: z.string(),
    last_message_at: timestamp,
    unread_count: z.int().meta({ description: 'Messages received since this account last wrote in the chat.' }),
    created_at: timestamp,
  })
  .meta({ id: 'Chat' })
export type Chat = z.infer<typeof chat>

export const chatsQuery = z.strictObject({
  ...pageQuery,
  session_id: z.string().max(64).optional().meta({ description: 'Only chats of this session.' }),
})
export const chatPage = page(chat, 'ChatPage')
