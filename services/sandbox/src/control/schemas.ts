/** What the control API accepts. Unknown members are refused, so that a misspelt fault is not silently no fault. */
import { z } from 'zod'

const realm = z.string().min(1).max(128)
const messageId = z.string().min(1).max(128)

export const newPhone = z.strictObject({
  realm,
  number: z.string().max(20).optional(),
  name: z.string().min(1).max(100).optional(),
  auto_read: z.boolean().optional(),
})

export const scan = z.strictObject({ qr: z.string().min(1).max(2_000) })

export const enterCode = z.strictObject({ code: z.string().min(1).max(32) })

const key = z.base64().transform((text) => Buffer.from(text, 'base64'))
const publicKey = key.refine(({ length }) => length === 32, 'must be 32 bytes')

export const absentClient = z
  .strictObject({
    registration_id: z.int().min(0),
    noise_key: publicKey,
    identity_key: publicKey,
    signed_pre_key: z.strictObject({ id: z.int().min(0), public_key: publicKey, signature: key }),
    /** Public keys of 32 bytes each, one after another; their ids count from 1. */
    pre_keys: key.refine(({ length }) => length % 32 === 0, 'must be a multiple of 32 bytes'),
  })
  .transform(({ registration_id, noise_key, identity_key, signed_pre_key, pre_keys }) => ({
    noiseKey: noise_key,
    keys: {
      registrationId: registration_id,
      identityKey: identity_key,
      signedPreKey: {
        id: signed_pre_key.id,
        publicKey: signed_pre_key.public_key,
        signature: signed_pre_key.signature,
      },
    },
    preKeys: Array.from({ length: pre_keys.length / 32 }, (_, n) => ({
      id: n + 1,
      publicKey: pre_keys.subarray(n * 32, n * 32 + 32),
    })),
  }))

export const newMessage = z.strictObject({ to: z.string().min(1).max(64), text: z.string().min(1).max(65_536) })

export const typing = z.strictObject({ to: z.string().min(1).max(64), state: z.enum(['composing', 'paused']) })

export const read = z.strictObject({ ids: z.array(messageId).max(10_000).optional() })

export const newCall = z.strictObject({ to: z.string().min(1).max(64), video: z.boolean().optional() })

export const unlink = z.strictObject({ device: z.int().min(1).max(255).optional() })

export const realmQuery = z.object({ realm: realm.optional() })

export const journal = z.strictObject({ realm, record: z.boolean() })

export const journalQuery = z.object({ realm })

export const pageQuery = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
})

const code = z.int().min(400).max(599)
const frames = z.strictObject({
  direction: z.enum(['from_client', 'to_client']),
  tag: z.string().min(1).max(32).optional(),
  count: z.int().min(1).max(100_000).optional(),
})
const effects = {
  disconnect: z.boolean().optional(),
  fail: code.optional(),
  refuse_logins: code.nullable().optional(),
  refuse_messages: code.nullable().optional(),
  time_lock_seconds: z.int().min(1).max(1_000_000).nullable().optional(),
  delay_ms: z.int().min(0).max(60_000).optional(),
  hold_acks: z.boolean().optional(),
  drop: frames.optional(),
  repeat: frames.optional(),
  garble: z.int().min(1).max(100_000).optional(),
}

export const fault = z.union([
  z.strictObject({ realm, ...effects }),
  z.strictObject({ phone: z.string().min(1).max(64), ...effects }),
])
