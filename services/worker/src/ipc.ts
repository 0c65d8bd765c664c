// What a supervisor and its engines say to each other over Node's IPC channel.
import { z } from 'zod'

const partitions = z.array(z.string())

/** Supervisor → engine. Times are monotonic ms of the host, which all its processes share. */
export const order = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('assign'),
    partitions,
    renewedAtMs: z.number(),
    /** When a partition was last known to be hosted, in ms since 1970; absent where nobody knows. */
    hostedUntilMs: z.record(z.string(), z.number()).optional(),
  }),
  z.object({ type: z.literal('renewed'), partitions: z.record(z.string(), z.number()) }),
  z.object({ type: z.literal('revoke'), partitions }),
  /** Read the logs of their sessions: the partitions are about to be assigned. */
  z.object({ type: z.literal('prepare'), partitions }),
  /** The login that was asked for longest from that address may begin. */
  z.object({ type: z.literal('login'), egress: z.string() }),
  z.object({ type: z.literal('drain') }),
])
export type Order = z.infer<typeof order>

/** How the session logs of an engine stand. */
const logReport = z.object({
  snapshotsTaken: z.number(),
  snapshotsFailed: z.number(),
  snapshotsUnusable: z.number(),
  /** The most that any session's log holds without a snapshot, and how long a change has been without one. */
  uncoveredRecords: z.number(),
  uncoveredMs: z.number(),
  /** Since the engine started. */
  takeovers: z.number(),
  replayedRecords: z.number(),
  replayMs: z.number(),
  /** Of one takeover, since the engine started. */
  longestReplayMs: z.number(),
})
export type LogReport = z.infer<typeof logReport>

/** Engine → supervisor. */
export const report = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({
    type: z.literal('heartbeat'),
    partitions: z.number(),
    /** By partition. */
    sessionsOf: z.record(z.string(), z.number()),
    sessions: z.number(),
    connected: z.number(),
    queued: z.number(),
    eventLoopDelayMs: z.number(),
    rssBytes: z.number(),
    heapBytes: z.number(),
    externalBytes: z.number(),
    cpuMs: z.number(),
    appends: z.number(),
    appendedBytes: z.number(),
    /** Set aside because they could never be handled. */
    commandsRejected: z.number(),
    /** Of sessions; they count for nothing. */
    recordsRefused: z.number(),
    connections: z.object({
      /** Ended ones, by code. */
      closed: z.record(z.string(), z.number()),
      deaf: z.number(),
      /** Attempts that a proxy did not let through, by reason. */
      proxyFailures: z.record(z.string(), z.number()),
      /** Sessions whose proxy does not let them through now. */
      proxyFailing: z.number(),
      /** Commands left out because engines died over them. */
      poisoned: z.number(),
      /** Begun ones, by reason. */
      quarantines: z.record(z.string(), z.number()),
      /** Sessions in one now. */
      quarantined: z.number(),
      /** Logins wait because WhatsApp refuses our version. */
      heldBack: z.boolean(),
      version: z.string(),
    }),
    log: logReport,
  }),
  /** `closedAt`: when the first open socket among their sessions was closed. */
  z.object({ type: z.literal('revoked'), partitions, closedAt: z.string().optional() }),
  z.object({ type: z.literal('prepared'), partitions }),
  /** Every session of a partition that was assigned is connected, or has nothing to connect to before a person acts. */
  z.object({
    type: z.literal('arrived'),
    partition: z.string(),
    sessions: z.number(),
    connectedAtMs: z.array(z.number()),
  }),
  /** A session wants to log in from that address. */
  z.object({ type: z.literal('login'), egress: z.string() }),
  z.object({ type: z.literal('drained') }),
])
export type Report = z.infer<typeof report>
