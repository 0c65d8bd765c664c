// What operators see of the broker: how much it holds, and who is behind with what. `oldest_waiting_at` is what lag is told by.
import { z } from 'zod'
import { timestamp } from './party.ts'

export const consumerState = z
  .object({
    name: z.string().meta({ example: 'projector-3' }),
    pending: z.int().meta({ description: 'Messages that were not handed out yet.' }),
    ack_pending: z.int().meta({ description: 'Handed out, and not settled.' }),
    redelivered: z.int().meta({ description: 'Of those, handed out more than once.' }),
    settled_at: timestamp.nullable().meta({ description: 'When something was settled last.' }),
    oldest_waiting_at: timestamp
      .nullable()
      .meta({ description: 'When the oldest message that is not settled was stored; null when nothing waits.' }),
    lag_seconds: z
      .number()
      .nullable()
      .meta({ description: 'How long that one has waited; 0 when nothing does, null where it is not known.' }),
    attended: z.boolean().meta({ description: 'Whether somebody is there to take messages.' }),
  })
  .meta({ id: 'ConsumerState' })
export type ConsumerState = z.infer<typeof consumerState>

const size = {
  name: z.string().meta({ example: 'EVENTS' }),
  messages: z.int(),
  bytes: z.int(),
  max_age_seconds: z.int().nullable().meta({ description: 'How long messages are kept; null when for ever.' }),
  max_messages: z.int().nullable(),
  max_bytes: z.int().nullable(),
  first_at: timestamp.nullable(),
  last_at: timestamp.nullable(),
  replicas: z.int(),
}

export const streamState = z
  .object({
    ...size,
    consumers: z.array(consumerState).meta({ description: 'Those with the longest lag first, 500 at most.' }),
    consumers_total: z.int(),
    live_readers: z.int().meta({ description: 'Event streams that are open, and watches.' }),
    lag_seconds: z.number().nullable().meta({ description: 'The longest lag of its consumers.' }),
  })
  .meta({ id: 'StreamState' })
export type StreamState = z.infer<typeof streamState>

export const bucketState = z.object(size).meta({ id: 'BucketState' })
export type BucketState = z.infer<typeof bucketState>

export const streamStates = z
  .object({
    measured_at: timestamp.meta({ description: 'These figures are up to two seconds old.' }),
    streams: z.array(streamState),
    buckets: z.array(bucketState).meta({ description: '`messages` are entries.' }),
  })
  .meta({ id: 'StreamStates' })
export type StreamStates = z.infer<typeof streamStates>
