// The engine processes of this worker: started, watched by heartbeat, replaced when they die or hang. A dead engine's
// partitions go to a sibling at once, since the lease is the supervisor's and lives on.
import { type Order, type Report, report } from '../ipc.ts'
import { leastLoaded, nextMove } from './placement.ts'

/** What a supervisor does with a `ChildProcess`. */
export type EngineProcess = {
  readonly connected: boolean
  send(order: Order, done: (error: Error | null) => void): unknown
  kill(signal: 'SIGKILL'): unknown
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'exit', listener: (code: number | null, signal: string | null) => void): unknown
}

export type Heartbeat = Extract<Report, { type: 'heartbeat' }>

export type EngineHandle = {
  id: string
  process: EngineProcess
  partitions: Set<string>
  ready: boolean
  /** Monotonic ms of its last sign of life. */
  seenAtMs: number
  heartbeat?: Heartbeat
  /** The event-loop delay over the last seconds: a takeover makes it jump, and says nothing about tomorrow. */
  steadyDelayMs: number
}

export type EnginesDeps = {
  /** Starts the process of an engine with that id. */
  fork: (engineId: string) => EngineProcess
  monotonicMs: () => number
  after: (ms: number, run: () => void) => void
  renewedAtMs: (partition: string) => number | undefined
  /** When the partition was last known to be hosted, in ms since 1970, if it has had no engine since. */
  hostedUntilMs: (partition: string) => number | undefined
  /** An engine is ready, or partitions lost theirs: hand out what has none. */
  onCapacity: () => void
  /** An engine has let go of the partition in order. */
  onRevoked: (partition: string, closedAt: string | undefined) => void
  onArrived: (arrival: Extract<Report, { type: 'arrived' }>) => void
  /** Its partitions have no engine any more. `silentMs`: since its last sign of life. */
  onDied: (engine: {
    id: string
    partitions: readonly string[]
    why: 'engine_crashed' | 'engine_hung'
    silentMs: number
  }) => void
  /** Silence of an engine after which it is killed: its loop hangs. */
  hungAfterMs: number
  /** An engine wants a session to log in from that address. */
  onLogin: (engineId: string, egress: string) => void
  onGone: (engineId: string) => void
  log: (event: string, fields: Record<string, unknown>) => void
}

/** An engine that died before it was ready would die again: not at once. */
const restartAfterMs = 2_000
const startUpMs = 10_000

export function createEngines(deps: EnginesDeps, count: number) {
  const engines = new Map<string, EngineHandle>()
  const drained = Promise.withResolvers<void>()
  let started = 0
  let stopping = false
  let restarts = 0
  let complete = false
  /** The partition that an engine is letting go of for the sake of balance. */
  let moving: string | undefined
  const hung = new Set<string>()
  /** Engines that have read partitions ahead. */
  const prepared = new Map<string, { by: EngineHandle; done: () => void }>()
  const startedAtMs = deps.monotonicMs()

  function start(): void {
    started += 1
    const id = `eng-${started}`
    const process = deps.fork(id)
    const seenAtMs = deps.monotonicMs()
    const engine: EngineHandle = { id, process, partitions: new Set(), ready: false, seenAtMs, steadyDelayMs: 0 }
    engines.set(id, engine)
    process.on('message', (message) => onReport(engine, message))
    process.on('error', (error) => deps.log('engine.unreachable', { engineId: id, reason: error.message }))
    process.on('exit', (code, signal) => onExit(engine, code, signal))
  }

  function onReport(engine: EngineHandle, message: unknown): void {
    const parsed = report.safeParse(message)
    if (!parsed.success) return
    engine.seenAtMs = deps.monotonicMs()
    if (parsed.data.type === 'heartbeat') {
      engine.heartbeat = parsed.data
      engine.steadyDelayMs = 0.9 * engine.steadyDelayMs + 0.1 * parsed.data.eventLoopDelayMs
    }
    if (parsed.data.type === 'arrived') deps.onArrived(parsed.data)
    if (parsed.data.type === 'prepared') for (const partition of parsed.data.partitions) prepared.get(partition)?.done()
    if (parsed.data.type === 'ready') engine.ready = true
    if (parsed.data.type === 'login') deps.onLogin(engine.id, parsed.data.egress)
    if (parsed.data.type === 'revoked') {
      for (const partition of parsed.data.partitions) engine.partitions.delete(partition)
      if (moving && parsed.data.partitions.includes(moving)) moving = undefined
      for (const partition of parsed.data.partitions) deps.onRevoked(partition, parsed.data.closedAt)
    }
    if (parsed.data.type === 'ready' || parsed.data.type === 'revoked') deps.onCapacity()
  }

  function onExit(engine: EngineHandle, code: number | null, signal: string | null): void {
    engines.delete(engine.id)
    for (const [partition, { by, done }] of prepared)
      if (by === engine) {
        prepared.delete(partition)
        done()
      }
    deps.onGone(engine.id)
    if (moving && engine.partitions.has(moving)) moving = undefined
    if (stopping) {
      if (engines.size === 0) drained.resolve()
      return
    }
    restarts += 1
    const why = hung.has(engine.id) ? 'engine_hung' : 'engine_crashed'
    hung.delete(engine.id)
    const silentMs = deps.monotonicMs() - engine.seenAtMs
    deps.onDied({ id: engine.id, partitions: [...engine.partitions], why, silentMs })
    deps.log('engine.died', { engineId: engine.id, code, signal, partitions: engine.partitions.size })
    if (engine.ready) start()
    else deps.after(restartAfterMs, () => stopping || start())
    deps.onCapacity()
  }

  /** An engine that has just died may not be known to be dead: what it does not get is done again at its exit. */
  const send = (engine: EngineHandle, message: Order): void => {
    if (engine.process.connected) engine.process.send(message, () => {})
  }

  /** At the start, the first engine that is ready must not get everything: the others are about to be. */
  const isStartingUp = (): boolean =>
    !complete && ready().length < count && deps.monotonicMs() - startedAtMs < startUpMs

  const ready = (): EngineHandle[] => [...engines.values()].filter((engine) => engine.ready)
  const ownerOf = (partition: string): EngineHandle | undefined =>
    [...engines.values()].find((engine) => engine.partitions.has(partition))

  for (let n = 0; n < count; n++) start()

  return {
    /** Gives each partition without an engine to the one that has fewest. */
    place(partitions: readonly string[]): void {
      if (stopping || isStartingUp()) return
      complete = true
      const given = new Map<EngineHandle, string[]>()
      for (const partition of partitions) {
        if (ownerOf(partition)) continue
        const reader = prepared.get(partition)?.by
        const engine = reader?.ready ? reader : leastLoaded(ready())
        if (!engine) return
        prepared.delete(partition)
        engine.partitions.add(partition)
        given.set(engine, [...(given.get(engine) ?? []), partition])
      }
      for (const [engine, names] of given) {
        const renewals = names.map((name) => deps.renewedAtMs(name) ?? deps.monotonicMs())
        const known = names.flatMap((name): [string, number][] => {
          const untilMs = deps.hostedUntilMs(name)
          return untilMs === undefined ? [] : [[name, untilMs]]
        })
        const hostedUntilMs = Object.fromEntries(known)
        send(engine, { type: 'assign', partitions: names, renewedAtMs: Math.min(...renewals), hostedUntilMs })
      }
    },
    renewed(renewals: Record<string, number>): void {
      for (const engine of ready()) {
        const own = Object.entries(renewals).filter(([partition]) => engine.partitions.has(partition))
        if (own.length > 0) send(engine, { type: 'renewed', partitions: Object.fromEntries(own) })
      }
    },
    grantLogin(engineId: string, egress: string): void {
      const engine = engines.get(engineId)
      if (engine) send(engine, { type: 'login', egress })
    },
    /** Asks the engine to let go; the partition is placed anew only after it has. False when none has it. */
    revoke(partition: string): boolean {
      const engine = ownerOf(partition)
      if (engine) send(engine, { type: 'revoke', partitions: [partition] })
      return engine !== undefined
    },
    /** Has the logs of a partition read by the engine that will get it. */
    async prepare(partition: string): Promise<void> {
      const engine = leastLoaded(ready())
      if (!engine) return
      await new Promise<void>((done) => {
        prepared.set(partition, { by: engine, done })
        send(engine, { type: 'prepare', partitions: [partition] })
      })
    },
    sessionsOf: (partition: string): number => ownerOf(partition)?.heartbeat?.sessionsOf[partition] ?? 0,
    /** Moves one partition to an engine that has far fewer, as after the restart of a dead one; one at a time. */
    rebalance(): void {
      if (stopping || moving) return
      const move = nextMove(ready())
      if (!move) return
      moving = move.partition
      send(move.from, { type: 'revoke', partitions: [move.partition] })
    },
    killHung(): void {
      for (const engine of engines.values()) {
        if (!engine.ready || deps.monotonicMs() - engine.seenAtMs < deps.hungAfterMs) continue
        if (hung.has(engine.id)) continue
        hung.add(engine.id)
        deps.log('engine.hung', { engineId: engine.id })
        engine.process.kill('SIGKILL')
      }
    },
    /** Resolves when every engine has drained and ended. */
    async drain(): Promise<void> {
      stopping = true
      if (engines.size === 0) return
      for (const engine of engines.values()) {
        if (engine.ready) send(engine, { type: 'drain' })
        else engine.process.kill('SIGKILL')
      }
      await drained.promise
    },
    kill(): void {
      for (const engine of engines.values()) engine.process.kill('SIGKILL')
    },
    ready,
    restarts: () => restarts,
  }
}
export type Engines = ReturnType<typeof createEngines>
