// Lists: newest first, keyset cursors, no totals.
import { z } from 'zod'

export const maxPageSize = 200
export const defaultPageSize = 50

/** Query of every list. The cursor is opaque and signed: one that was edited, or comes from another list, is refused. */
export const pageQuery = {
  limit: z.coerce
    .number({ error: 'Write a whole number.' })
    .int('Write a whole number.')
    .min(1, 'Ask for at least 1.')
    .max(maxPageSize, `Ask for at most ${maxPageSize}.`)
    .default(defaultPageSize)
    .meta({ description: 'How many items to answer at most.', example: 50 }),
  cursor: z.string().max(512, 'Take `next_cursor` of the page before as it is.').optional().meta({
    description: '`next_cursor` of the page before.',
  }),
}

/** `{ data, next_cursor }`; `next_cursor` is null on the last page. */
export const page = <Item extends z.ZodType>(item: Item, id: string) =>
  z
    .object({
      data: z.array(item),
      next_cursor: z
        .string()
        .nullable()
        .meta({ description: 'Pass it as `cursor` to read on; null on the last page.' }),
    })
    .meta({ id })

export type Page<Item> = { data: Item[]; next_cursor: string | null }
