// How a session fares, and what to do about it.
import { lane } from '@wagate/messages/commands.ts'
import { sessionStatuses } from '@wagate/messages/control.ts'
import { quarantineReasons, restrictionKinds } from '@wagate/messages/events.ts'
import { z } from 'zod'
import { timestamp } from './party.ts'

/** From best to worst. */
export const verdicts = ['healthy', 'degraded', 'action_needed'] as const
export const verdict = z.enum(verdicts)
export type Verdict = z.infer<typeof verdict>

export const findingCodes = [
  'closed',
  'not_linked',
  'quarantined',
  'new_chats_locked',
  'proxy_failing',
  'connecting',
  'no_answer',
  'silent',
  'unstable',
  'queue_full',
] as const

export const finding = z
  .object({
    code: z.enum(findingCodes),
    verdict,
    detail: z.string().meta({ description: 'What is the matter, and what to do about it.' }),
  })
  .meta({ id: 'HealthFinding' })
export type Finding = z.infer<typeof finding>

export const sessionHealth = z
  .object({
    session_id: z.string(),
    verdict: verdict.meta({
      description:
        '`healthy`; `degraded`: it works in part or mends itself; `action_needed`: it does not, before somebody acts.',
    }),
    findings: z.array(finding).meta({ description: 'Why it is not healthy, worst first; empty when it is.' }),
    status: z.enum(sessionStatuses),
    status_since: timestamp,
    checked_at: timestamp
      .nullable()
      .meta({ description: 'When the worker that hosts it last told; null before it ever did.' }),
    last_frame_at: timestamp.nullable().meta({
      description: 'When WhatsApp was last heard, if only as the answer to a ping. A ping goes out every 15 s.',
    }),
    last_frame_age_seconds: z.int().nullable().meta({ description: 'At `checked_at`.' }),
    reconnects_last_hour: z.int().meta({ description: 'Connections that were lost, or refused, in the last hour.' }),
    last_disconnect: z
      .object({ code: z.int(), reason: z.string().meta({ description: 'In plain words.' }), at: timestamp })
      .nullable(),
    quarantine: z
      .object({ reason: z.enum(quarantineReasons), until: timestamp })
      .nullable()
      .meta({ description: 'The session is left alone until then. What waits to be sent is kept.' }),
    new_chats_locked: z.boolean().meta({
      description: 'Messages to people whom the account has neither written to nor heard from wait; others are sent.',
    }),
    restrictions: z
      .array(z.object({ kind: z.enum(restrictionKinds), detail: z.string(), until: timestamp }))
      .meta({ description: 'What WhatsApp forbids the account, and until when.' }),
    queue: z.object({
      waiting: z.int().meta({ description: 'Messages accepted and not yet handed to WhatsApp.' }),
      unacknowledged: z.int().meta({ description: 'Handed to WhatsApp and not yet acknowledged.' }),
      full: z.boolean(),
      full_lanes: z.array(lane).meta({ description: 'Lanes for which no more is accepted for now.' }),
    }),
    whatsapp_version: z.string().nullable().meta({ description: 'Which WhatsApp Web the session says it is.' }),
  })
  .meta({ id: 'SessionHealth' })
export type SessionHealth = z.infer<typeof sessionHealth>
