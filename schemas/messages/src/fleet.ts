// Values of the buckets that workers, and the operator, arrange the fleet by: who hosts what, who should, and what became of it.
import { z } from 'zod'
import { token } from './envelope.ts'

const time = z.iso.datetime()

/** `active` takes partitions, `draining` gives them away, `drained` has none and waits for an order. */
export const workerStates = ['active', 'draining', 'drained'] as const

/** One engine of a worker, as its last heartbeat told. */
export const engineRecord = z.object({
  engineId: token,
  partitions: z.number().int(),
  sessions: z.number().int(),
  connected: z.number().int(),
  /** Messages accepted and not yet handed to WhatsApp. */
  queued: z.number().int(),
  /** p99 over the last second. */
  eventLoopDelayMs: z.number(),
  rssBytes: z.number(),
})
export type EngineRecord = z.infer<typeof engineRecord>

/** `workers`, key `<worker id>`. What an older worker does not write is in `workerDefaults`. */
export const workerRecord = z.object({
  v: z.literal(1),
  workerId: token,
  host: z.string(),
  startedAt: time,
  engines: z.number().int(),
  /** Sessions it would like to carry; weights placement. */
  capacity: z.number().int(),
  partitions: z.number().int(),
  sessions: z.number().int(),
  version: z.string().optional(),
  /** The pools whose partitions it may host. */
  pools: z.array(token).optional(),
  state: z.enum(workerStates).optional(),
  /** Why a drain does not go on; absent when it does. */
  waitingFor: z.string().optional(),
  /** 1 = as much as it should carry: the larger of sessions by capacity and event-loop delay by 200 ms. */
  load: z.number().optional(),
  engineList: z.array(engineRecord).optional(),
})
export type WorkerRecord = z.infer<typeof workerRecord>

export const workerDefaults = {
  version: 'unknown',
  pools: ['shared'],
  state: 'active',
  load: 0,
  engineList: [],
} as const

/** Why sessions went to another engine or worker. */
export const failoverReasons = ['engine_crashed', 'engine_hung', 'worker_lost', 'drained', 'balanced'] as const
export type FailoverReason = (typeof failoverReasons)[number]

/**
 * `handovers`, key `<partition>`: a partition that changes its worker in good order. The next owner asks, or a draining holder
 * offers by beginning with `agreed`; then the next owner reads the logs and is `ready`; the holder lets go and it is `released`.
 */
export const handoverRecord = z.object({
  v: z.literal(1),
  partition: token,
  from: token,
  to: token,
  reason: z.enum(['drained', 'balanced']),
  state: z.enum(['asked', 'agreed', 'ready', 'released']),
  /** Sessions that move with it; counted by the holder. */
  sessions: z.number().int().optional(),
  /** When the first socket of the partition was closed: the gap begins. */
  closedAt: time.optional(),
})
export type HandoverRecord = z.infer<typeof handoverRecord>

/** `worker_orders`, key `<worker id>`: what an operator wants of a worker. */
export const workerOrder = z.object({
  v: z.literal(1),
  desired: z.enum(['active', 'drained']),
  at: time,
  /** The API key that gave it. */
  by: z.string(),
})
export type WorkerOrder = z.infer<typeof workerOrder>

/** `failovers`, key `<failover id>`: written by the worker that took over, when all sessions are connected or it gave up waiting. */
export const failoverRecord = z.object({
  v: z.literal(1),
  failoverId: token,
  at: time,
  reason: z.enum(failoverReasons),
  /** A worker, or `<worker>-<engine>` for an engine. */
  from: token,
  to: token,
  host: z.string(),
  partitions: z.array(token),
  sessions: z.number().int(),
  /** From the old owner's last sign of life, or its first closed socket, until the last session was connected; absent when some were not after two minutes. */
  durationMs: z.number().int().optional(),
})
export type FailoverRecord = z.infer<typeof failoverRecord>

/** `hosted`, key `<worker id>`: what a worker hosted when it last said so. Outlives it: whoever comes after an outage learns when that began. */
export const hostedRecord = z.object({ v: z.literal(1), at: time, partitions: z.array(token) })
export type HostedRecord = z.infer<typeof hostedRecord>

/** `pools`, key `<pool>`: a dedicated pool whose consumers exist. */
export const poolRecord = z.object({ v: z.literal(1), pool: token, createdAt: time })
export type PoolRecord = z.infer<typeof poolRecord>
