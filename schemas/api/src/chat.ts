// Chats as an inbox needs them: what was said last, who takes care of it, how far it was read.

import { chatState } from '@wagate/messages/envelope.ts'
import { messageStates } from '@wagate/messages/events.ts'
import { z } from 'zod'
import { page, pageQuery } from './paging.ts'
import { timestamp } from './party.ts'

/** More than this is not counted: nobody reads the difference off a badge. */
export const maxUnread = 99
/** Of the text that a list shows; in UTF-16 code units, and never half a character. */
export const excerptLength = 160
export const searchLength = { min: 2, max: 80 }

/** As a list shows it; the whole of it is at `/v1/messages/{id}`. */
export const lastMessage = z
  .object({
    id: z.string(),
    direction: z.enum(['inbound', 'outbound']),
    via: z.enum(['api', 'phone']).nullable(),
    status: z.enum([...messageStates, 'received']),
    type: z.enum(['text', 'unsupported']),
    text: z.object({ body: z.string().meta({ description: `At most ${excerptLength} characters of it.` }) }).optional(),
    created_at: timestamp,
  })
  .meta({ id: 'LastMessage' })
export type LastMessage = z.infer<typeof lastMessage>

export const chat = z
  .object({
    id: z.string().meta({ example: 'cht_01KAH2Z6W4V8D9Q3N5R7T1XYZC' }),
    session_id: z.string(),
    phone: z.string().nullable(),
    lid: z.string().nullable(),
    name: z.string().nullable().meta({ description: 'The name that the other side shows, if it was seen.' }),
    last_message_id: z.string(),
    last_message_at: timestamp,
    last_message: lastMessage.nullable().meta({ description: 'Null when it is no longer kept.' }),
    unread_count: z.int().meta({
      description: `Messages received since this account last wrote in the chat or marked it as read; ${maxUnread} stands for that many or more.`,
    }),
    read_at: timestamp.nullable().meta({
      description: 'When it was last marked as read; null when nobody did.',
    }),
    assignee_id: z.string().nullable().meta({
      description: 'The member who takes care of it, as `GET /v1/members` gives it.',
      example: 'per_01KAJ3Q5V0G1HNTD1Q0D7X5W3A',
    }),
    created_at: timestamp,
  })
  .meta({ id: 'Chat' })
export type Chat = z.infer<typeof chat>

const assignee = z
  .string()
  .max(64)
  .optional()
  .meta({ description: '`me`, `none`, or the id of a member.', example: 'me' })

export const chatsQuery = z.strictObject({
  ...pageQuery,
  session_id: z.string().max(64).optional().meta({ description: 'Only chats of this session.' }),
  assignee,
  unread: z
    .literal('true', { error: 'Write "true", or leave it out.' })
    .optional()
    .meta({ description: 'Only chats with unread messages.' }),
  q: z
    .string()
    .trim()
    .min(searchLength.min, `Write at least ${searchLength.min} characters.`)
    .max(searchLength.max, `Write at most ${searchLength.max} characters.`)
    .optional()
    .meta({ description: 'Part of the name, in whatever case, or of the phone number.', example: 'ada' }),
})
export type ChatsQuery = z.input<typeof chatsQuery>
export const chatPage = page(chat, 'ChatPage')

export const updateChat = z
  .strictObject({
    assignee_id: z
      .string({ error: 'Write the id of a member, or null.' })
      .max(64)
      .nullable()
      .meta({ description: 'A member who may read messages; null for nobody.' }),
  })
  .meta({ id: 'UpdateChat', example: { assignee_id: null } })
export type UpdateChat = z.infer<typeof updateChat>

export const markChatRead = z
  .strictObject({
    message_id: z
      .string({ error: 'Write the id of a message.' })
      .max(64)
      .optional()
      .meta({ description: 'The last one that was read; the newest when it is left out.' }),
  })
  .meta({ id: 'MarkChatRead', example: {} })
export type MarkChatRead = z.infer<typeof markChatRead>

export const chatTyping = z
  .strictObject({ state: z.enum(chatState.options, { error: 'Write "composing" or "paused".' }) })
  .meta({ id: 'ChatTyping', example: { state: 'composing' } })
export type ChatTyping = z.infer<typeof chatTyping>

const count = z.int().min(0).max(maxUnread)

export const chatCounts = z
  .object({
    unread: count.meta({ description: 'Chats with unread messages.' }),
    mine_unread: count.meta({ description: 'Those of them that are assigned to the caller; 0 for an API key.' }),
    unassigned_unread: count.meta({ description: 'Those of them that are assigned to nobody.' }),
  })
  .meta({ id: 'ChatCounts', description: `${maxUnread} stands for that many or more.` })
export type ChatCounts = z.infer<typeof chatCounts>
