import { sessionStatuses } from '@wagate/messages/control.ts'
import { closeReasons, quarantineReasons } from '@wagate/messages/events.ts'
import { pacingBounds } from '@wagate/messages/pacing.ts'
import { proxyFailure, proxySchemes } from '@wagate/messages/proxy.ts'
import { z } from 'zod'
import { page, pageQuery } from './paging.ts'
import { mode, party, timestamp } from './party.ts'
import { text } from './text.ts'

const proxyUrl = z
  .string({ error: 'Write the address of the proxy as text.' })
  .meta({ writeOnly: true, examples: ['http://user:password@proxy.example:3128', 'socks5h://proxy.example:1080'] })

const through =
  'Everything of the session goes through it: `http` and `https` (CONNECT), `socks5`, and `socks5h`, which leaves resolving names to the proxy. Nothing ever goes around it. User and password are percent-encoded, kept encrypted and never shown.'

const name = text({ min: 1, max: 100, sentence: 'Write the name as text.' }).meta({
  description: 'For your own eyes.',
  example: 'support line',
})

export const createSession = z
  .strictObject({
    name: name.optional(),
    proxy: proxyUrl.optional().meta({ description: through }),
  })
  .meta({ id: 'CreateSession' })
export type CreateSession = z.infer<typeof createSession>

const bounded = (field: keyof typeof pacingBounds, what: string) => {
  const { min, max } = pacingBounds[field]
  return z
    .number({ error: `Write ${what} from ${min} to ${max}.` })
    .min(min)
    .max(max)
}

const pacingFields = {
  per_second: bounded('perSecond', 'a number').nullable().meta({
    description: 'Messages per second, sustained. Null: no limit (test mode only).',
  }),
  burst: bounded('burst', 'a whole number').int().meta({ description: 'Messages that may go at once after a rest.' }),
  new_chats_per_hour: bounded('newChatsPerHour', 'a whole number').int().nullable().meta({
    description:
      'First messages, in any hour, to people whom the account has neither written to nor heard from through this session. More of them wait, and hold up nobody else. Null: no limit (test mode only).',
  }),
  jitter_ms: bounded('jitterMs', 'a whole number').int().meta({
    description: 'Between two messages lies a random pause of at least a sixth of this and at most all of it.',
  }),
}

/** The pace in force. */
export const pacing = z.object(pacingFields).meta({ id: 'Pacing' })

export const updateSession = z
  .strictObject({
    name: name.nullable().optional().meta({ description: 'For your own eyes. Null: none any more.' }),
    pacing: z
      .strictObject(pacingFields)
      .partial()
      .nullable()
      .optional()
      .meta({ description: 'What is left out stays as it is; null goes back to the default of the mode.' }),
    proxy: proxyUrl
      .nullable()
      .optional()
      .meta({
        description: `${through} Null: none any more.`,
      }),
  })
  .meta({ id: 'UpdateSession', example: { pacing: { per_second: 0.5 } } })
export type UpdateSession = z.infer<typeof updateSession>

const count = z.int()

/** Messages that wait, by lane. */
export const queueDepth = z.object({ high: count, normal: count, bulk: count, total: count }).meta({ id: 'QueueDepth' })

export const sessionProxy = z
  .object({
    scheme: z.enum(proxySchemes),
    host: z.string(),
    port: z.int(),
    has_credentials: z.boolean().meta({ description: 'They are never shown.' }),
    failure: z.object({ reason: proxyFailure, since: timestamp }).nullable().meta({
      description: 'Why it does not let the session through, since when; tried again by itself. Null when it does.',
    }),
  })
  .meta({ id: 'SessionProxy' })

export const session = z
  .object({
    id: z.string().meta({ example: 'ses_01KAH2Z6W4V8D9Q3N5R7T1XYZC' }),
    name: z.string().nullable(),
    mode,
    status: z.enum(sessionStatuses).meta({
      description:
        '`starting` until a worker has it, `awaiting_qr` until a phone has scanned its QR code or was told its pairing code, `connecting` while the socket opens, `connected`: messages flow, `quarantined`: left alone for a while, `closed` until somebody acts.',
    }),
    reason: z
      .enum([...closeReasons, 'proxy_failing'])
      .nullable()
      .meta({
        description: 'Why it is closed; `proxy_failing` while it cannot connect because of its proxy; null otherwise.',
      }),
    quarantine: z
      .object({ reason: z.enum(quarantineReasons), until: timestamp })
      .nullable()
      .meta({ description: 'Why it is left alone, and when it connects again by itself; null otherwise.' }),
    account: party.nullable().meta({ description: 'The linked WhatsApp account, once known.' }),
    proxy: sessionProxy.nullable().meta({ description: 'What it connects through; null: directly.' }),
    pacing,
    queue: queueDepth.nullable().meta({
      description:
        'Messages that wait to be sent. Told by the worker that has the session, when one session is asked for; null in other answers, and while no worker answers.',
    }),
    created_at: timestamp,
    status_since: timestamp,
  })
  .meta({ id: 'Session' })
export type Session = z.infer<typeof session>

export const sessionsQuery = z.strictObject(pageQuery)
export const sessionPage = page(session, 'SessionPage')

export const qr = z
  .object({
    qr: z.string().meta({ description: 'The string that the QR code shows. It is a credential: do not store it.' }),
    expires_at: timestamp,
  })
  .meta({ id: 'Qr' })
export type Qr = z.infer<typeof qr>

export const requestPairingCode = z
  .strictObject({
    phone: z
      .string({ error: 'Write the number as text, like "+15551234567".' })
      .regex(/^\+[1-9]\d{6,14}$/, {
        error: 'Write the number in international format with a plus sign and digits only, like "+15551234567".',
      })
      .meta({ description: 'Of the WhatsApp account to link.' }),
  })
  .meta({ id: 'RequestPairingCode', example: { phone: '+999100200300' } })
export type RequestPairingCode = z.infer<typeof requestPairingCode>

export const pairingCode = z
  .object({
    phone: z.string().meta({ description: 'The phone that the code can be entered on.' }),
    code: z.string().nullable().meta({
      description: 'What to type on the phone; null while it is on its way. It is a credential: do not store it.',
      example: 'ABCD-EFGH',
    }),
    expires_at: timestamp.nullable(),
  })
  .meta({ id: 'PairingCode' })
export type PairingCode = z.infer<typeof pairingCode>
