import { z } from 'zod'
import { timestamp } from './party.ts'

export const createDeletion = z
  .strictObject({
    name: z.string({ error: 'Write the name of the account.' }).max(200).meta({
      description: "The account's name as it is, so that nobody deletes another one by mistake.",
      example: 'Shoes & Co',
    }),
  })
  .meta({ id: 'CreateDeletion', example: { name: 'Shoes & Co' } })
export type CreateDeletion = z.infer<typeof createDeletion>

export const deletion = z
  .object({
    deletes_at: timestamp.nullable().meta({
      description: 'Everything is erased then, unless you take it back before; null when nothing is to be deleted.',
    }),
  })
  .meta({ id: 'Deletion' })
export type Deletion = z.infer<typeof deletion>
