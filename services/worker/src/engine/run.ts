// Composition of an engine process: broker, session directory, engine, and the conversation with the supervisor.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { hostPartition } from '@wagate/messages/control.ts'
import { commandsOfSession, noticeSubject } from '@wagate/messages/subjects.ts'
import { backoffMs } from '@wagate/runtime/backoff.ts'
import { connectBroker } from '@wagate/runtime/broker.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import { objectStore } from '@wagate/runtime/object-store.ts'
import { pause } from '@wagate/runtime/pause.ts'
import type { EngineConfig } from '../config.ts'
import { createFaultPoint, poisonFor } from '../faults.ts'
import { order, type Report } from '../ipc.ts'
import { readAhead } from '../log/takeover.ts'
import { routeOf } from '../proxy/route.ts'
import { createConnectionCounts } from '../session/connection-counts.ts'
import { openSessionSocket } from '../session/open.ts'
import { Session } from '../session/session.ts'

import { versionText } from '../session/version.ts'
import { createVersionGates } from '../session/version-gate.ts'
import { mendLibraries } from '../signal/mend.ts'
import { createArrivals } from './arrivals.ts'
import {
  type EngineBroker,
  finishMove,
  forwardCommand,
  pairingPublisher,
  publishEvent,
  statePublisher,
  takeoverDeps,
} from './deps.ts'
import { createEngine } from './engine.ts'
import { forgetSession, isHalfForgotten } from './forget.ts'
import { leaseLimits } from './lease-clock.ts'
import { createLimiter } from './limiter.ts'
import { createLogins } from './logins.ts'
import { createMoves } from './moves.ts'
import { createPrewarm } from './prewarm.ts'
import { answerQuestions } from './questions.ts'
import { watchSessions } from './sessions.ts'
import { createSnapshotting } from './snapshotting.ts'
import { watchSuspended } from './suspended.ts'

export type EngineProcess = {
  send: (report: Report) => void
  onOrder: (listener: (message: unknown) => void) => void
  kill: () => never
  exit: (why: string) => void
  monotonicMs: () => number
}

const startsAtOnce = 8
/** Sockets that are between opening and open: more would keep the event loop from those that are connected. */
const loginsAtOnce = { atOnce: 16, firstAtOnce: 2, proxiedAtOnce: 8 }
/** Until a proxy has connected to WhatsApp. */
const proxyTimeoutMs = 10_000
/** Without a proxy all sessions of a host are seen under its own address. */
const ownAddress = 'direct'
/** As many as the consumer hands out unacknowledged: those of one session that wait for room must not hold up the others. */
const commandsAtOnce = 4_000

export async function runEngine(config: EngineConfig, logger: Logger, parent: EngineProcess): Promise<void> {
  const broker = await connectBroker({ ...config.broker, name: config.engineId, logger, leaseTtlMs: config.leaseTtlMs })
  mendLibraries()
  if (config.fault || config.poisons.length > 0) logger.warn({ event: 'faults.armed' })
  const counters = { appends: 0, appendedBytes: 0, commandsRejected: 0, recordsRefused: 0 }
  const stopping = new AbortController()
  void broker.closed.then(() => stopping.signal.aborted || parent.exit('the broker closed the connection'))
  const engineBroker: EngineBroker = {
    broker,
    buckets: {
      sessions: await broker.kv('sessions'),
      sessionKeys: await broker.kv('session_keys'),
      pairing: await broker.kv('pairing'),
    },
    master: config.master,
    objects: objectStore(config.objects),
    warn: (event, fields) => logger.warn({ event, ...fields }),
    stopping: stopping.signal,
    owner: config.engineId,
    now: () => new Date(),
    reached: createFaultPoint(config.fault, parent.kill),
    onAppend: (bytes) => {
      counters.appends += 1
      counters.appendedBytes += bytes
    },
    pause: (attempt) => {
      const ms = backoffMs(attempt, Math.random(), { baseMs: 50, capMs: 2_000 })
      // Once stopping, still a real pause: a loop that only turns microtasks would keep the process from ending.
      return stopping.signal.aborted ? pause(ms) : pause(ms, stopping.signal)
    },
  }
  const after = (ms: number, run: () => void): void => void setTimeout(run, ms).unref()

  const logins = createLogins({ ask: (egress) => parent.send({ type: 'login', egress }), ...loginsAtOnce })
  const connections = createConnectionCounts()
  const version = versionText(config.whatsAppVersion)
  const versionGates = createVersionGates({
    nowMs: () => Date.now(),
    onRefused: (scope, untilMs) =>
      logger.error({ event: 'whatsapp.version_refused', version, scope, until: new Date(untilMs).toISOString() }),
  })

  const proxies = { master: config.master, isAllowed: config.mayBeProxy, timeoutMs: proxyTimeoutMs }
  const arrivals = createArrivals({
    nowMs: () => Date.now(),
    onArrived: (arrival) => parent.send({ type: 'arrived', ...arrival }),
  })
  const prewarm = createPrewarm({
    sessionsOf: (name) => [...directory.all()].filter((session) => hostPartition(session) === name),
    read: async (session) =>
      readAhead({
        ...(await takeoverDeps(engineBroker, session)),
        report: (event, fields) => logger.warn({ event, ...fields }),
      }),
    limit: createLimiter(startsAtOnce),
    after,
  })
  const moves = createMoves({
    find: ({ tenantId, sessionId }) => directory.find(tenantId, sessionId),
    hasCommands: async (session, partition) =>
      (await broker.lastMessage('COMMANDS', commandsOfSession({ ...session, partition }))) !== undefined,
    finish: (session) => finishMove(engineBroker, session),
    pause: (ms) => pause(ms, stopping.signal),
    onOver: (session) => engine.sessionChanged(session),
    log: (event, fields) => logger.info({ event, ...fields }),
  })
  const limitStarts = createLimiter(startsAtOnce)
  const engine = createEngine({
    arrivals,
    moves,
    forward: (command, session, copySeq) => forwardCommand(engineBroker, command, session, copySeq),
    now: engineBroker.now,
    sessions: { all: () => directory.all(), find: (tenantId, sessionId) => directory.find(tenantId, sessionId) },
    startSession: async (session, onLost, since) => {
      const publishState = statePublisher(engineBroker, session)
      if (await isHalfForgotten(engineBroker, session)) {
        await forgetSession(engineBroker, session)
        throw new Error('it is deleted')
      }
      return Session.start({
        config: session,
        takeover: { ...(await takeoverDeps(engineBroker, session)), since },
        ahead: prewarm.take(session.sessionId),
        snapshotBeforeLeaving: snapshotting.leave,
        onTakenOver: snapshotting.takenOver,
        url: session.mode === 'test' ? config.sandboxUrl : config.whatsAppUrl,
        version: config.whatsAppVersion,
        versionGate: versionGates.of(session.mode === 'test' ? session.tenantId : 'live'),
        observe: connections.observer,
        open: openSessionSocket,
        login: (login) =>
          logins.enter({ ...login, egress: session.mode === 'test' ? undefined : (login.proxy ?? ownAddress) }),
        routeOf: (config) => routeOf(config, proxies),
        isSuspended: () => suspended.has(session.tenantId),
        now: engineBroker.now,
        random: Math.random,
        after,
        turn: () => new Promise((resolve) => setImmediate(resolve)),
        pause: engineBroker.pause,
        publish: (event) => publishEvent(engineBroker, session, event),
        publishState: (state) => {
          arrivals.status(session.sessionId, state.status, state.proxyFailure !== undefined)
          publishState(state)
        },
        tell: (notice) =>
          broker.tell(noticeSubject(session.tenantId, session.mode), Buffer.from(JSON.stringify(notice))),
        publishPairing: pairingPublisher(engineBroker, session),
        onDeleted: () => forgetSession(engineBroker, session),
        onFenced: onLost,
        handling: poisonFor(session.mode, config.poisons, parent.kill),
        onFrameSent: () => engineBroker.reached('frame'),
        log: (event, fields) =>
          logger.info({ event, tenantId: session.tenantId, sessionId: session.sessionId, ...fields }),
        warn: (event, fields) =>
          logger.warn({ event, tenantId: session.tenantId, sessionId: session.sessionId, ...fields }),
      })
    },
    consume: (consumer, handle) =>
      broker.consume({
        stream: 'COMMANDS',
        consumer,
        maxInFlight: commandsAtOnce,
        handle,
        onDeadLetter: (message, reason) => {
          counters.commandsRejected += 1
          logger.error({ event: 'command.rejected', seq: message.seq, reason })
        },
      }),
    answer: answerQuestions(broker),
    clock: { monotonicMs: parent.monotonicMs, limits: leaseLimits(config.leaseTtlMs) },
    limitStarts: (start) => limitStarts(() => snapshotting.starting(start)),
    after,
    every: (ms, run) => {
      const timer = setInterval(run, ms)
      return { stop: () => clearInterval(timer) }
    },
    onDropped: (name, closedAt) =>
      parent.send({ type: 'revoked', partitions: [name], ...(closedAt ? { closedAt } : {}) }),
    log: (event, fields) => logger.warn({ event, ...fields }),
  })

  const snapshotting = createSnapshotting({
    rule: config.snapshots,
    sessions: () => engine.running(),
    after,
    log: (event, fields) => logger.warn({ event, ...fields }),
  })

  const refused = (event: string) => (key: string, reason: string) => {
    counters.recordsRefused += 1
    logger.error({ event, key, reason })
  }
  const suspended = await watchSuspended(await broker.kv('tenants'), {
    activated: (tenantId) => engine.activated(tenantId),
    refused: refused('tenant.record_refused'),
  })
  await suspended.watch.ready
  const directory = await watchSessions(engineBroker.buckets.sessions, {
    changed: (session) => engine.sessionChanged(session),
    removed: (sessionId) => engine.sessionRemoved(sessionId),
    refused: refused('session.record_refused'),
  })
  await directory.watch.ready

  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const heartbeat = setInterval(() => {
    const { user, system } = process.cpuUsage()
    const eventLoopDelayMs = delay.percentile(99) / 1e6
    delay.reset()
    const { quarantined, proxyFailing, ...stats } = engine.stats()
    const { rss: rssBytes, heapUsed: heapBytes, external: externalBytes } = process.memoryUsage()
    parent.send({
      type: 'heartbeat',
      ...stats,
      ...counters,
      connections: { ...connections.snapshot(), quarantined, proxyFailing, heldBack: versionGates.holding(), version },
      log: snapshotting.stats(),
      eventLoopDelayMs,
      rssBytes,
      heapBytes,
      externalBytes,
      cpuMs: (user + system) / 1e3,
    })
  }, config.leaseTtlMs / 20)
  const enforcement = setInterval(() => engine.enforceLeases(), config.leaseTtlMs / 40)

  parent.onOrder((message) => {
    const parsed = order.safeParse(message)
    if (!parsed.success) return
    const { data } = parsed
    if (data.type === 'assign')
      for (const name of data.partitions) engine.assign(name, data.renewedAtMs, data.hostedUntilMs?.[name])
    if (data.type === 'renewed') engine.renewed(data.partitions)
    if (data.type === 'prepare') for (const name of data.partitions) void prepare(name)
    if (data.type === 'revoke') for (const name of data.partitions) void engine.revoke(name)
    if (data.type === 'login') logins.granted(data.egress)
    if (data.type === 'drain') void drain()
  })

  async function prepare(name: string): Promise<void> {
    await prewarm.prepare(name)
    parent.send({ type: 'prepared', partitions: [name] })
  }

  async function drain(): Promise<void> {
    await engine.drain()
    await suspended.watch.stop()
    await directory.watch.stop()
    clearInterval(heartbeat)
    snapshotting.stop()
    clearInterval(enforcement)
    stopping.abort()
    await broker.drain()
    parent.send({ type: 'drained' })
  }

  parent.send({ type: 'ready' })
}
