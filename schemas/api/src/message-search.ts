// GET /v1/messages/search: whole words and beginnings of words, in any language.
import { z } from 'zod'
import { searchLength } from './chat.ts'
import { message } from './message.ts'
import { page, pageQuery } from './paging.ts'
import { party } from './party.ts'

export const messageSearchQuery = z.strictObject({
  ...pageQuery,
  q: z
    .string({ error: 'Write what to search for.' })
    .trim()
    .min(searchLength.min, `Write at least ${searchLength.min} characters.`)
    .max(searchLength.max, `Write at most ${searchLength.max} characters.`)
    .meta({ description: 'Words that are all in the message; each may be the beginning of one.', example: 'invoice' }),
  chat_id: z.string().max(64).optional().meta({ description: 'Only messages of this chat.' }),
  session_id: z.string().max(64).optional().meta({ description: 'Only messages of this session.' }),
})
export type MessageSearchQuery = z.input<typeof messageSearchQuery>

/** Found without its chat at hand: so it says how the other side is called. */
export const foundMessage = message
  .extend({
    chat: party
      .extend({ name: z.string().nullable().meta({ description: 'What they call themselves.', example: 'Ana' }) })
      .meta({ id: 'NamedParty', description: 'The other side.' }),
  })
  .meta({ id: 'FoundMessage' })
export type FoundMessage = z.infer<typeof foundMessage>

export const foundMessagePage = page(foundMessage, 'FoundMessagePage')
