// Texts that a team keeps at hand, found by a word that is quick to type.
import { maxTextLength } from '@wagate/messages/commands.ts'
import { z } from 'zod'
import { timestamp } from './party.ts'
import { text } from './text.ts'

/** Per account, in both modes together. */
export const maxQuickReplies = 200

const given = {
  shortcut: z
    .string({ error: 'Write the shortcut as text.' })
    .regex(/^[a-z0-9-]{1,32}$/, 'Use 1 to 32 small letters, digits and hyphens.')
    .meta({ description: 'Unique in the account.', example: 'thanks' }),
  text: text({ min: 1, max: maxTextLength, sentence: 'Write the text of the reply.' }).meta({
    example: 'Thank you! We come back to you today.',
  }),
}

export const quickReply = z
  .object({
    id: z.string().meta({ example: 'qre_01KAH2Z6W4V8D9Q3N5R7T1XYZC' }),
    ...given,
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'QuickReply' })
export type QuickReply = z.infer<typeof quickReply>

/** All of them, by shortcut. */
export const quickReplies = z.object({ data: z.array(quickReply) }).meta({ id: 'QuickReplies' })

export const createQuickReply = z
  .strictObject(given)
  .meta({ id: 'CreateQuickReply', example: { shortcut: 'thanks', text: 'Thank you! We come back to you today.' } })
export type CreateQuickReply = z.infer<typeof createQuickReply>

export const updateQuickReply = z
  .strictObject({ shortcut: given.shortcut.optional(), text: given.text.optional() })
  .meta({ id: 'UpdateQuickReply', example: { text: 'Thank you! We come back to you tomorrow.' } })
export type UpdateQuickReply = z.infer<typeof updateQuickReply>
