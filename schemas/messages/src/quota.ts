// How gateways count messages together: what they tell each other about the minute, and what they keep of the month.
import { z } from 'zod'
import { hashOf } from './subjects.ts'

const token = z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/)
const amount = z.number().int().min(0)

/** Records of a month; an account is always in the same one. */
export const countShards = 8
export const countShardOf = (tenantId: string): string => String(hashOf(tenantId) % countShards)
/** `month` like `2026-11`. */
export const countsKey = (month: string, shard: string): string => `${month}.${shard}`

/** `message_counts`, key `<month>.<shard>`: accepted messages of live sessions by tenant, added up by every gateway. */
export const messageCounts = z.object({ v: z.literal(1), messages: z.record(z.string(), amount) })
export type MessageCounts = z.infer<typeof messageCounts>

/** What one gateway has of an account's minute: accepted there, and set aside to be accepted there. */
export const held = z.object({ spent: amount, granted: amount })
export type Held = z.infer<typeof held>

/**
 * On `told.quota`, from one gateway to the others. `ask`: what do you have of this account? everybody answers · `tell`: what changed since
 * the last one, every second, which is also a sign of life · `hello`: tell me everything · `bye`.
 */
export const quotaNews = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ask'), from: token, id: amount, minute: amount, account: token, limit: amount, held }),
  z.object({
    kind: z.literal('answer'),
    from: token,
    to: token,
    id: amount,
    minute: amount,
    account: token,
    held,
    /** It asks for the same account itself, and has no answer yet. */
    asking: z.boolean(),
  }),
  z.object({ kind: z.literal('tell'), from: token, minute: amount, accounts: z.record(token, held) }),
  z.object({ kind: z.literal('hello'), from: token }),
  z.object({ kind: z.literal('bye'), from: token }),
])
export type QuotaNews = z.infer<typeof quotaNews>
