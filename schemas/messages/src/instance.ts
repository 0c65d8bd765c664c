// Who runs: each process of each service says so every ten seconds, and takes it back when it stops in order.
import { z } from 'zod'

export const serviceNames = ['gateway', 'worker', 'projector', 'webhooks', 'scheduler'] as const
export type ServiceName = (typeof serviceNames)[number]

/** `waiting`: it was ready and cannot work now. */
export const instanceStates = ['starting', 'ready', 'waiting', 'draining'] as const
export type InstanceState = (typeof instanceStates)[number]

/** `instances`, key `<instance id>`. */
export const instanceRecord = z.object({
  v: z.literal(1),
  instanceId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  /** Of a newer version it may be one that this one does not know. */
  service: z.string().regex(/^[a-z_]{1,32}$/),
  host: z.string().max(255),
  version: z.string().max(64),
  startedAt: z.iso.datetime(),
  state: z.enum(instanceStates),
  /** What it cannot reach, or has not begun; empty when it can work. */
  waitingFor: z.array(z.string().max(64)).max(10),
  /** When it said so. */
  at: z.iso.datetime(),
})
export type InstanceRecord = z.infer<typeof instanceRecord>

/** Beyond three missed reports a process counts as gone. */
export const instanceTtlMs = 30_000
export const instanceReportMs = 10_000
