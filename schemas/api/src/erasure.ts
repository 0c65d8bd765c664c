import { z } from 'zod'
import { jobFields } from './job.ts'
import { page, pageQuery } from './paging.ts'
import { recipient } from './party.ts'

export const createErasure = z
  .strictObject({
    person: recipient.meta({
      description: 'A phone number or a LID. What chats know of the other name of the same person is erased too.',
      example: '+999100200300',
    }),
  })
  .meta({ id: 'CreateErasure', example: { person: '+999100200300' } })
export type CreateErasure = z.infer<typeof createErasure>

const counts = z.record(z.string(), z.int())

/** Whom it is about is not told: that would keep what is to be forgotten. */
export const erasure = z
  .object({
    ...jobFields,
    removed: counts
      .nullable()
      .meta({ description: 'How much of each kind; null before.', example: { messages: 12, chats: 1 } }),
    swept: counts
      .nullable()
      .meta({ description: 'What a second look found, of what was on its way at the first; null before.' }),
  })
  .meta({ id: 'Erasure' })
export type Erasure = z.infer<typeof erasure>

export const erasuresQuery = z.strictObject(pageQuery)
export const erasurePage = page(erasure, 'ErasurePage')
