// The operator's view of the fleet: workers, what was taken over, and whether there is enough of them.
import { failoverReasons, workerStates } from '@wagate/messages/fleet.ts'
import { poolPattern } from '@wagate/messages/pools.ts'
import { z } from 'zod'
import { page, pageQuery } from './paging.ts'
import { timestamp } from './party.ts'

export const workerEngine = z
  .object({
    id: z.string(),
    partitions: z.int(),
    sessions: z.int(),
    connected: z.int(),
    queued: z.int().meta({ description: 'Messages accepted and not yet handed to WhatsApp.' }),
    event_loop_delay_ms: z.number().meta({ description: 'p99 over the last second.' }),
    rss_bytes: z.int(),
  })
  .meta({ id: 'WorkerEngine' })

export const worker = z
  .object({
    id: z.string().meta({ example: 'wrk_0123456789abcdef' }),
    host: z.string(),
    version: z.string(),
    state: z.enum(workerStates).meta({
      description: '`active` takes partitions, `draining` gives them away, `drained` has none and waits.',
    }),
    desired: z.enum(['active', 'drained']).meta({ description: 'What was ordered last.' }),
    waiting_for: z
      .string()
      .nullable()
      .meta({ description: 'What keeps a drain from going on; null when nothing does.' }),
    pools: z.array(z.string()),
    capacity: z.int(),
    sessions: z.int(),
    partitions: z.int(),
    load: z.number().meta({ description: '1 = as much as it should carry.' }),
    engines: z.array(workerEngine),
    started_at: timestamp,
  })
  .meta({ id: 'Worker' })
export type Worker = z.infer<typeof worker>

export const moveSession = z
  .strictObject({
    pool: z
      .string('Name the pool, like "shared".')
      .regex(poolPattern, 'Use up to 32 lower-case letters and digits.')
      .meta({ description: '`shared`, or a dedicated pool that a worker serves.', example: 'shared' }),
  })
  .meta({ id: 'MoveSession', example: { pool: 'shared' } })
export type MoveSession = z.infer<typeof moveSession>

export const sessionMove = z
  .object({
    session_id: z.string(),
    pool: z.string(),
    partition: z.string(),
    moving_from: z
      .string()
      .nullable()
      .meta({ description: 'Where it is hosted until its owner has let go; null when it has.' }),
  })
  .meta({ id: 'SessionMove' })
export type SessionMove = z.infer<typeof sessionMove>

export const adminQuery = z.strictObject({})
export const workerList = z.object({ data: z.array(worker) }).meta({ id: 'WorkerList' })

export const failover = z
  .object({
    id: z.string(),
    at: timestamp,
    reason: z.enum(failoverReasons),
    from: z.string().meta({ description: 'A worker, or `<worker>-<engine>`.' }),
    to: z.string(),
    host: z.string().meta({ description: 'Of `to`.' }),
    partitions: z.array(z.string()),
    sessions: z.int(),
    duration_ms: z
      .int()
      .nullable()
      .meta({ description: 'Until the last session was connected; null when some were not after two minutes.' }),
  })
  .meta({ id: 'Failover' })
export type Failover = z.infer<typeof failover>

export const failoversQuery = z.strictObject(pageQuery)
export const failoverPage = page(failover, 'FailoverPage')

export const poolCapacity = z
  .object({
    pool: z.string(),
    workers: z.int().meta({ description: 'Active ones that serve it.' }),
    capacity: z.int().meta({ description: 'Sessions that they should carry.' }),
    sessions: z.int().meta({ description: 'Sessions that exist.' }),
    load: z.number().meta({ description: 'Mean of the workers; 1 = as much as they should carry.' }),
    shortage_workers: z.int().meta({ description: 'Workers to add; negative: workers that can be drained.' }),
  })
  .meta({ id: 'PoolCapacity' })
export type PoolCapacity = z.infer<typeof poolCapacity>

export const capacity = z.object({ data: z.array(poolCapacity) }).meta({ id: 'Capacity' })
