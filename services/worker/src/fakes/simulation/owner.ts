// One attempt to own the session on one machine: the real session, its real wiring to the broker, and a simulated socket.

import type { KeyObject } from 'node:crypto'
import { type Command, parseCommand } from '@wagate/messages/commands.ts'
import type { SessionConfig } from '@wagate/messages/control.ts'
import { backoffMs } from '@wagate/runtime/backoff.ts'
import type { Broker, BrokerMessage, Consumption, Outcome } from '@wagate/runtime/broker.ts'
import { type EngineBroker, type publishEvent, takeoverDeps } from '../../engine/deps.ts'
import type { SnapshotObjects } from '../../log/starting-points.ts'
import type { TakeoverDeps } from '../../log/takeover.ts'
import type { SessionDeps } from '../../session/deps.ts'
import { Session } from '../../session/session.ts'
import { noObjects } from '../memory-objects.ts'
import { silentObserver } from '../silent-observer.ts'
import type { CommandQueue } from './commands.ts'
import { atOnce } from './compression.ts'
import type { Machine } from './machine.ts'
import type { Random } from './random.ts'
import { openSimulatedSocket, type SocketParts } from './socket.ts'
import type { WhatsApp } from './whatsapp.ts'

type Keeping = Pick<SessionDeps['takeover'], 'snapshots' | 'purge'>

export type OwnerParts = SocketParts & {
  /** The session's way to its log. */
  logBroker: (
    real: TakeoverDeps['broker'],
    on: { machine: Machine; cipher: TakeoverDeps['cipher'] },
  ) => TakeoverDeps['broker']
  publishEvent: typeof publishEvent
  /** The session's way to its snapshots, and to what they make unnecessary. */
  keeping: (real: Keeping) => Keeping
  /** When a command is acknowledged: once its effect is stored. */
  handle: (session: Pick<Session, 'handle'>, command: Command) => ReturnType<Session['handle']>
}

export type OwnerDeps = {
  machine: Machine
  random: Random
  broker: Broker
  snapshots: SnapshotObjects
  master: EngineBroker['master']
  /** The session's data key, made into an object once: it costs half. */
  keyObject: KeyObject
  config: SessionConfig
  whatsApp: WhatsApp
  commands: CommandQueue
  parts: OwnerParts
  newTerm: () => string
  onFenced: () => void
}

export type Owner = {
  machine: Machine
  /** It may still act: alive, and not known to have been followed. */
  isActive: () => boolean
  drain: () => Promise<void>
  takeSnapshot: () => void
}

const failedStartMs = 3_000
const leavingMs = 1_000

export function startOwner(deps: OwnerDeps): Owner {
  const { machine, random, broker, config, parts } = deps
  let over = false
  let session: Session | undefined
  /** Resolves once there is a session, or never will be. */
  const ready = Promise.withResolvers<void>()
  let consumption: Consumption | undefined

  const pause = (attempt: number): Promise<void> =>
    new Promise((resolve) => {
      machine.after(backoffMs(attempt, random.next(), { baseMs: 50, capMs: 2_000 }), resolve)
    })
  const wiring = async (): Promise<EngineBroker> => ({
    broker,
    buckets: {
      sessions: await broker.kv('sessions'),
      sessionKeys: await broker.kv('session_keys'),
      pairing: await broker.kv('pairing'),
    },
    master: deps.master,
    owner: machine.id,
    now: () => machine.now(),
    reached: () => {},
    onAppend: () => {},
    objects: noObjects,
    warn: () => {},
    pause,
    stopping: new AbortController().signal,
  })

  const turn = (): Promise<void> => new Promise((resolve) => machine.after(0, resolve))

  function takeSnapshot(own: Pick<Session, 'snapshots'> | undefined): Promise<void> {
    return own?.snapshots.take().catch(() => {}) ?? Promise.resolve()
  }

  /** As the schedule has it: a session does not wait for long. */
  const leave = (): Promise<void> =>
    Promise.race([takeSnapshot(session), new Promise<void>((resolve) => machine.after(leavingMs, resolve))])

  function stop(): void {
    over = true
    ready.resolve()
    void consumption?.close()
  }

  async function start(): Promise<void> {
    try {
      const engine = await wiring()
      const takeover = await takeoverDeps(engine, config)
      const cipher = { ...takeover.cipher, key: deps.keyObject }
      const started = await Session.start({
        config,
        takeover: {
          ...takeover,
          cipher,
          newTerm: deps.newTerm,
          defer: (flush) => void machine.after(0, flush),
          broker: parts.logBroker(takeover.broker, { machine, cipher }),
          ...parts.keeping({ snapshots: deps.snapshots, purge: takeover.purge }),
          turn,
          compression: atOnce,
        },
        snapshotBeforeLeaving: leave,
        onTakenOver: () => {},
        url: undefined,
        version: undefined,
        login: ({ begin }) => void begin(() => {}),
        routeOf: () => undefined,
        isSuspended: () => false,
        versionGate: {
          heldUntilMs: () => undefined,
          refused: () => machine.now().getTime() + 60_000,
          accepted: () => {},
        },
        observe: silentObserver,
        open: (socket) => openSimulatedSocket(deps, socket, parts),
        now: engine.now,
        random: random.next,
        after: (ms, run) => void machine.after(ms, run),
        turn,
        pause,
        publish: (event) => parts.publishEvent(engine, config, event),
        publishState: () => {},
        tell: () => {},
        publishPairing: () => {},
        onDeleted: async () => {},
        onFenced: () => {
          stop()
          deps.onFenced()
        },
        onFrameSent: () => {},
        log: () => {},
        warn: () => {},
      })
      if (over) started.release()
      else {
        session = started
        ready.resolve()
      }
    } catch {
      if (!over) machine.after(failedStartMs, () => void start())
    }
  }

  async function handle(message: BrokerMessage): Promise<Outcome> {
    const parsed = parseCommand(message.data)
    if (!parsed.ok) return { kind: 'reject', reason: parsed.reason }
    await ready.promise
    const own = session
    if (!own) return { kind: 'later', afterMs: 200, reason: 'the session has moved' }
    try {
      const outcome = await parts.handle(own, parsed.command)
      if (outcome === 'done') return { kind: 'done' }
      if (outcome === 'poison') return { kind: 'reject', reason: 'poison' }
      return { kind: 'later', afterMs: 2_000, reason: 'the outbox is full' }
    } catch (error) {
      if (!own.released) throw error
      return { kind: 'later', afterMs: 200, reason: 'the session has moved' }
    }
  }

  async function open(): Promise<void> {
    void start()
    for (let attempt = 1; !over && !consumption; attempt++) {
      consumption = await deps.commands.consume(machine, handle).catch(() => undefined)
      if (!consumption) await pause(attempt)
    }
    if (over) await consumption?.close()
  }
  machine.run(() => void open())

  return {
    machine,
    isActive: () => machine.alive && !over,
    async drain() {
      session?.stopIntake()
      stop()
      await session?.drain().catch(() => {})
    },
    takeSnapshot: () => machine.run(() => void takeSnapshot(session)),
  }
}
