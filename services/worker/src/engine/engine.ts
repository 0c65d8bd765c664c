// One engine process: hosts the sessions of the partitions that its supervisor hands it, and nothing else. It never
// touches a lease; it obeys the deadlines that come with each renewal.
import { type Command, parseCommand, poisonCause } from '@wagate/messages/commands.ts'
import { hostPartition, type SessionConfig } from '@wagate/messages/control.ts'
import { partitionConsumer } from '@wagate/messages/streams.ts'
import { parseCommandSubject } from '@wagate/messages/subjects.ts'
import type { Answering, BrokerMessage, Consumption, Outcome } from '@wagate/runtime/broker.ts'
import type { Candidate } from '../log/snapshot-schedule.ts'
import type { Session } from '../session/session.ts'
import type { Arrivals } from './arrivals.ts'
import { type LeaseClock, leaseStanding } from './lease-clock.ts'
import type { Moves } from './moves.ts'
import type { FindAnswerer } from './questions.ts'

/** What an engine does with a session. */
export type HostedSession = Pick<
  Session,
  | 'handle'
  | 'pause'
  | 'resume'
  | 'stopIntake'
  | 'quiesce'
  | 'drain'
  | 'release'
  | 'delete'
  | 'connected'
  | 'quarantined'
  | 'proxyFailing'
  | 'queued'
  | 'configure'
  | 'activate'
  | 'answer'
> &
  Candidate

export type EngineDeps = {
  /** Every session that exists, as the watch on the bucket last told. */
  sessions: {
    all: () => Iterable<SessionConfig>
    find: (tenantId: string, sessionId: string) => SessionConfig | undefined
  }
  /** Takes a session over; `onLost` is called when another owner was met. `since`: when it was last known to be hosted. */
  startSession: (config: SessionConfig, onLost: () => void, since?: string) => Promise<HostedSession>
  consume: (consumer: string, handle: (message: BrokerMessage) => Promise<Outcome>) => Promise<Consumption>
  /** Answers gateways that ask about sessions of the partition. */
  answer: (partition: string, find: FindAnswerer) => Answering
  clock: LeaseClock
  /** Runs a session's start when a place is free: starts cost CPU and a login. */
  limitStarts: <Result>(start: () => Promise<Result>) => Promise<Result>
  after: (ms: number, run: () => void) => void
  every: (ms: number, run: () => void) => { stop: () => void }
  arrivals: Arrivals
  moves: Moves
  /** Publishes a command again, where its session is now; `copySeq` is the stream sequence of the copy that came here. */
  forward: (command: Command, to: SessionConfig, copySeq: number) => Promise<void>
  now: () => Date
  /** The partition is not hosted here any more, by order or because its lease ran out; `closedAt`: its first socket's end. */
  onDropped: (partition: string, closedAt?: string) => void
  log: (event: string, fields: Record<string, unknown>) => void
}

type Hosted = { config: SessionConfig; starting: Promise<HostedSession | undefined>; session?: HostedSession }
type Partition = {
  hosted: Map<string, Hosted>
  consumption: Promise<Consumption>
  answering: Answering
  renewedAtMs: number
  leaving?: true
  /** Sessions that came with the partition, until they are taken over, and when it was last known to be hosted. */
  inherited: { sessionIds: Set<string>; since?: string }
}

/** How long a command for a session that is not there yet is put off; the session's record may still be on its way. */
const unknownSessionMs = 500
const unknownSessionTries = 4
const fullOutboxMs = 2_000
const movedMs = 200
/** How often a command that waits is kept from being delivered again; well under the consumer's ack wait of 30 s. */
const stillWorkingMs = 10_000
const failedStartMs = 3_000

export function createEngine(deps: EngineDeps) {
  const partitions = new Map<string, Partition>()
  const allHosted = (): Hosted[] => [...partitions.values()].flatMap(({ hosted }) => [...hosted.values()])

  function assign(name: string, renewedAtMs: number, hostedUntilMs?: number): void {
    if (partitions.has(name)) return
    const hosted = new Map<string, Hosted>()
    const configs = [...deps.sessions.all()].filter((config) => hostPartition(config) === name)
    const sessionIds = configs.map(({ sessionId }) => sessionId)
    const since = hostedUntilMs === undefined ? {} : { since: new Date(hostedUntilMs).toISOString() }
    const partition: Partition = {
      hosted,
      inherited: { sessionIds: new Set(sessionIds), ...since },
      renewedAtMs,
      consumption: deps.consume(partitionConsumer(name), (message) => handle(name, message)),
      answering: deps.answer(name, ({ tenantId, sessionId }) => {
        const known = hosted.get(sessionId)
        return known?.config.tenantId === tenantId ? known.session : undefined
      }),
    }
    partitions.set(name, partition)
    deps.arrivals.expect(name, sessionIds)
    for (const config of configs) host(partition, config)
  }

  /** Undefined while the partition is being let go of: what would start now nobody would stop, and the next owner starts it. */
  function host(partition: Partition, config: SessionConfig): Hosted | undefined {
    const known = partition.hosted.get(config.sessionId)
    if (known || partition.leaving) return known
    const hosted: Hosted = { config, starting: Promise.resolve(undefined) }
    partition.hosted.set(config.sessionId, hosted)
    hosted.starting = deps.limitStarts(() => start(partition, hosted))
    letGoIfMoving(partition, hosted)
    return hosted
  }

  function letGoIfMoving(partition: Partition, hosted: Hosted): void {
    const { config, starting } = hosted
    const { sessionId } = config
    const current = deps.sessions.find(config.tenantId, sessionId) ?? config
    if (current.movingFrom === undefined || current.desired !== 'running') return
    const name = hostPartition(current)
    const isOurs = (): boolean =>
      partitions.get(name) === partition && partition.hosted.get(sessionId) === hosted && !partition.leaving
    deps.moves.begin({ config: current, starting, isOurs, drop: () => void partition.hosted.delete(sessionId) })
  }

  /** A command that came under a partition which the session is not hosted in: before the move was over, or after it. */
  async function followMove(name: string, message: BrokerMessage, command: Command, config: SessionConfig) {
    if (config.partition !== name) {
      await deps.forward(command, config, message.seq)
      return { kind: 'done' } as const
    }
    const keepAlive = deps.every(stillWorkingMs, () => message.working())
    await deps.moves.arrival(command.sessionId).finally(() => keepAlive.stop())
    return handle(name, message)
  }

  async function start(partition: Partition, hosted: Hosted): Promise<HostedSession | undefined> {
    const { sessionId } = hosted.config
    const name = hostPartition(hosted.config)
    const retryLater = (): void => {
      if (partition.hosted.get(sessionId) === hosted) partition.hosted.delete(sessionId)
      deps.after(failedStartMs, () => {
        const config = deps.sessions.find(hosted.config.tenantId, sessionId)
        if (config) sessionChanged(config) // it may have moved meanwhile
      })
    }
    if (partitions.get(name) !== partition || partition.leaving) return undefined
    try {
      const { sessionIds, since } = partition.inherited
      const session = await deps.startSession(hosted.config, retryLater, sessionIds.has(sessionId) ? since : undefined)
      sessionIds.delete(sessionId)
      hosted.session = session
      if (partitions.get(name) !== partition) hosted.session.release()
      return hosted.session
    } catch (error) {
      deps.log('session.start_failed', { sessionId, reason: error instanceof Error ? error.message : 'unknown' })
      retryLater()
      return undefined
    }
  }

  async function handle(name: string, message: BrokerMessage): Promise<Outcome> {
    const subject = parseCommandSubject(message.subject)
    const parsed = parseCommand(message.data)
    if (!parsed.ok) return { kind: 'reject', reason: parsed.reason }
    const { command } = parsed
    if (
      !subject ||
      subject.tenantId !== command.tenantId ||
      subject.sessionId !== command.sessionId ||
      subject.type !== command.type
    ) {
      return { kind: 'reject', reason: 'the subject and the envelope disagree' }
    }
    const partition = partitions.get(name)
    const config = deps.sessions.find(command.tenantId, command.sessionId)
    if (!partition) return { kind: 'later', afterMs: movedMs, reason: 'the partition has moved' }
    if (!config) {
      if (message.deliveryCount >= unknownSessionTries) return { kind: 'reject', reason: 'there is no such session' }
      return { kind: 'retry', afterMs: unknownSessionMs, reason: 'the session is not known yet' }
    }
    if (partition.leaving || (config.movingFrom !== undefined && deps.moves.isGone(command.sessionId)))
      return { kind: 'later', afterMs: movedMs, reason: 'the session is moving' }
    if (hostPartition(config) !== name) return followMove(name, message, command, config)
    const hosted = host(partition, config)
    if (!hosted) return { kind: 'later', afterMs: movedMs, reason: 'the partition is moving' }
    const session = await hosted.starting
    if (!session) return { kind: 'later', afterMs: failedStartMs, reason: 'the session could not be taken over' }
    const keepAlive = deps.every(stillWorkingMs, () => message.working())
    try {
      const outcome = await session.handle(command)
      if (outcome === 'done') return { kind: 'done' }
      if (outcome === 'poison') return { kind: 'reject', reason: poisonCause }
      return { kind: 'later', afterMs: fullOutboxMs, reason: 'the outbox is full' }
    } catch (error) {
      if (!session.released) throw error
      return { kind: 'later', afterMs: movedMs, reason: 'the session has moved' }
    } finally {
      keepAlive.stop()
    }
  }

  /** A session's record appeared or changed. */
  function sessionChanged(config: SessionConfig): void {
    if (config.movingFrom === undefined) deps.moves.wake(config.sessionId)
    const partition = partitions.get(hostPartition(config))
    if (!partition || (config.movingFrom !== undefined && deps.moves.isGone(config.sessionId))) return
    const hosted = host(partition, config)
    if (!hosted) return
    hosted.config = config
    letGoIfMoving(partition, hosted)
    void hosted.starting.then((session) => session?.configure(config))
    if (config.desired === 'deleted') void hosted.starting.then((session) => session?.delete()).catch(() => {})
  }

  /** In good order: the next owner finds nothing unfinished. */
  async function revoke(name: string): Promise<void> {
    const partition = partitions.get(name)
    if (!partition) return deps.onDropped(name)
    partition.leaving = true
    deps.moves.wakeAll()
    for (const { session } of partition.hosted.values()) session?.stopIntake()
    const consumption = await partition.consumption.catch(() => undefined)
    await consumption?.close()
    const sessions = await Promise.all([...partition.hosted.values()].map(({ starting }) => starting))
    // All of them first, so that no socket is closed while the partition still waits for another session.
    await Promise.all(sessions.map((session) => session?.quiesce()))
    const closedAt = sessions.some((session) => session?.connected) ? deps.now().toISOString() : undefined
    await Promise.all(sessions.map((session) => session?.drain().catch(() => {})))
    partition.answering.close()
    partitions.delete(name)
    deps.arrivals.dropped(name)
    deps.onDropped(name, closedAt)
  }

  /** At once: the lease is gone, or about to be. */
  function abandon(name: string): void {
    const partition = partitions.get(name)
    if (!partition) return
    partitions.delete(name)
    deps.moves.wakeAll()
    deps.arrivals.dropped(name)
    partition.answering.close()
    for (const { session } of partition.hosted.values()) session?.release()
    void partition.consumption.then((consumption) => consumption.close()).catch(() => {})
    deps.log('partition.abandoned', { partition: name })
    deps.onDropped(name)
  }

  return {
    assign,
    revoke,
    renewed(renewals: Record<string, number>): void {
      for (const [name, renewedAtMs] of Object.entries(renewals)) {
        const partition = partitions.get(name)
        if (partition) partition.renewedAtMs = Math.max(partition.renewedAtMs, renewedAtMs)
      }
    },
    /** Called several times a second: quiets what has not been renewed for too long. */
    enforceLeases(): void {
      for (const [name, partition] of partitions) {
        const standing = leaseStanding(partition.renewedAtMs, deps.clock.monotonicMs(), deps.clock.limits)
        if (standing === 'close') abandon(name)
        else
          for (const { session } of partition.hosted.values())
            standing === 'quiet' || partition.leaving ? session?.pause() : session?.resume()
      }
    },
    sessionChanged,
    activated(tenantId: string): void {
      for (const { config, starting } of allHosted())
        if (config.tenantId === tenantId) void starting.then((session) => session?.activate())
    },
    /** Its last trace is gone. */
    sessionRemoved(sessionId: string): void {
      for (const { hosted } of partitions.values()) hosted.delete(sessionId)
      deps.arrivals.removed(sessionId)
    },
    async drain(): Promise<void> {
      await Promise.all([...partitions.keys()].map(revoke))
    },
    running: (): HostedSession[] => allHosted().flatMap(({ session }) => session ?? []),
    stats() {
      const sessions = allHosted()
      return {
        partitions: partitions.size,
        sessionsOf: Object.fromEntries([...partitions].map(([name, { hosted }]) => [name, hosted.size])),
        sessions: sessions.length,
        quarantined: sessions.filter(({ session }) => session?.quarantined).length,
        proxyFailing: sessions.filter(({ session }) => session?.proxyFailing).length,
        connected: sessions.filter(({ session }) => session?.connected).length,
        queued: sessions.reduce((sum, { session }) => sum + (session?.queued ?? 0), 0),
      }
    },
  }
}
export type Engine = ReturnType<typeof createEngine>
