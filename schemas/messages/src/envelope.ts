// One envelope for commands and events, with the attribute names of CloudEvents and ours beside them.
import { z } from 'zod'

/** An id, or a name that a subject can hold. */
export const token = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

/** Whether somebody types, as WhatsApp's `chatstate` tells it. */
export const chatState = z.enum(['composing', 'paused'])
export type ChatState = z.infer<typeof chatState>

/** What every message carries; times are ISO 8601 strings in UTC. Unknown fields are ignored, so that fields can be added. */
export const envelopeFields = {
  /** Also the Nats-Msg-Id, the webhook id and the idempotency key of whatever follows from it. */
  id: token,
  /** The service and version that made it: `gateway`, `worker`. */
  source: z.string().min(1).max(128),
  time: z.iso.datetime(),
  tenantId: token,
  /** `_` when the message concerns the whole tenant. */
  sessionId: token,
  /** The request that started it all. */
  correlationId: token.optional(),
  /** The message that led to this one. */
  causationId: token.optional(),
}

/** How a party is known: WhatsApp addresses people by phone number and by LID, and either may be the one that is known. */
export const party = z.object({
  /** E.164 with the plus sign. */
  phone: z
    .string()
    .regex(/^\+[1-9]\d{4,19}$/)
    .optional(),
  /** `<digits>@lid` */
  lid: z
    .string()
    .regex(/^\d{1,24}@lid$/)
    .optional(),
})
export type Party = z.infer<typeof party>

/** The member named by `type` holds the content, as in the Cloud API. */
export const content = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.object({ body: z.string() }) }),
  /** Received, and of a kind this version does not read; `kind` is WhatsApp's name of the message member. */
  z.object({ type: z.literal('unsupported'), unsupported: z.object({ kind: z.string() }) }),
])
export type Content = z.infer<typeof content>

/** Test sessions link to the sandbox, live ones to WhatsApp. */
export const mode = z.enum(['test', 'live'])
export type Mode = z.infer<typeof mode>
