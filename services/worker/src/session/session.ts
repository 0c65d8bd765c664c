// One WhatsApp session, from takeover to release: its log, its connection, its outbox, and what it tells the rest of Wagate.
import type { Command } from '@wagate/messages/commands.ts'
import type { SessionConfig } from '@wagate/messages/control.ts'
import type { CloseReason } from '@wagate/messages/events.ts'
import { paceOf } from '@wagate/messages/pacing.ts'
import type { Question, QueueAnswer } from '@wagate/messages/questions.ts'
import type { Memory } from '../log/memory.ts'
import type { Relay } from '../log/relay.ts'
import { createSnapshotter, type Snapshotter } from '../log/snapshotter.ts'
import type { Takeover } from '../log/takeover.ts'
import { createSender, type Sender } from '../message/sender.ts'
import { createWishes, type Wishes } from '../message/wishes.ts'
import { type Caution, cautionAfter } from './caution.ts'
import { type Connection, createConnection } from './connection.ts'
import type { CommandOutcome, SessionDeps } from './deps.ts'
import { fromWhatsApp } from './from-whatsapp.ts'
import { handleCommand } from './handle.ts'
import { createJournal, type Journal } from './journal.ts'
import { logIn } from './login.ts'
import { createPairing, type Pairing } from './pairing.ts'
import { createProxying, type Proxying } from './proxying.ts'
import { createQuiet, type Quiet } from './quiet.ts'
import { createSetbacks, type Setbacks } from './setbacks.ts'
import { createStatus } from './status.ts'
import { takeUp } from './take-up.ts'
import { createUnlinking, howItEnds } from './unlink.ts'
import { versionText } from './version.ts'

export class Session {
  readonly #deps: SessionDeps
  readonly #memory: Memory
  readonly #log: Takeover['log']
  readonly #journal: Journal
  readonly #relay: Relay
  readonly #sender: Sender
  readonly #wishes: Wishes
  readonly #connection: Connection
  readonly #status: ReturnType<typeof createStatus>
  readonly #setbacks: Setbacks
  readonly #pairing: Pairing
  readonly #unlinking: ReturnType<typeof createUnlinking>
  readonly snapshots: Snapshotter
  /** Set when owners before this one died in a row. */
  readonly #caution: Caution | undefined
  readonly #quiet: Quiet
  readonly #proxying: Proxying
  #released = false

  private constructor(deps: SessionDeps, taken: Takeover, relay: Relay) {
    const { memory, log } = taken
    this.#deps = deps
    this.#memory = memory
    this.#log = log
    this.#relay = relay
    const journal = createJournal({ memory, log, relay, released: () => this.#released, now: deps.now })
    this.#journal = journal
    this.#status = createStatus({
      memory,
      now: deps.now,
      publish: deps.publishState,
      ...{ owner: deps.takeover.owner, version: versionText(deps.version) },
      facts: () => this.#connection.facts(),
      fullLanes: () => this.#sender.fullLanes(),
      proxyFailure: () => this.#proxying.failure(),
    })
    this.#quiet = createQuiet({
      // Of a suspended tenant nothing is sent again, so nothing more is acknowledged: waiting would hold up the whole partition.
      unacknowledged: () => (deps.isSuspended() ? 0 : memory.unacknowledged.size),
      connected: () => this.connected && !this.#released,
      nowMs: () => deps.now().getTime(),
      pause: () => deps.pause(1),
      onResumed: () => {
        this.#sender.pump()
        this.#proxying.resumed()
      },
    })
    this.#proxying = createProxying({
      ...deps,
      quiet: this.#quiet,
      released: () => this.#released,
      rests: () => memory.closed !== undefined || this.quarantined,
      reconnect: () => this.#connection.reconnect(),
      onChanged: () => this.#status.publish(),
    })
    const setbacks = createSetbacks({
      memory,
      journal,
      absence: () => this.#proxying.absence(memory.gap),
      warn: deps.warn,
      onQuarantined: () => this.#status.set('quarantined'),
      onChanged: () => {
        this.#status.publish()
        this.#sender.pump()
      },
    })
    this.#setbacks = setbacks
    this.snapshots = createSnapshotter({ ...deps.takeover, ...taken, relay, report: deps.warn })
    this.#caution = cautionAfter({ ...deps, memory, journal, log })
    const connection = () => this.#connection.current()
    const socket = () => (this.#quiet.holds() || deps.isSuspended() ? undefined : connection())
    this.#wishes = createWishes({ ...deps, socket, connection, sessionId: this.id })
    this.#sender = createSender({
      ...deps,
      memory,
      caution: this.#caution,
      append: journal.append,
      durable: (ticket) => this.#log.durable(ticket),
      socket,
      pace: paceOf(deps.config),
      onFull: () => this.#status.publish(),
    })
    this.#pairing = createPairing({
      ...deps,
      memory,
      journal,
      durable: (ticket) => log.durable(ticket),
      socket: () => (this.#quiet.holds() ? undefined : this.#connection.socket()),
      reconnect: () => this.#connection.reconnect(),
      onShown: () => this.#status.set('awaiting_qr'),
    })
    const { keys, ...on } = fromWhatsApp({
      ...{ memory, journal, setbacks, status: this.#status, sender: this.#sender, pairing: this.#pairing },
      ...{ proxying: this.#proxying, typed: this.#wishes.typed },
      checkRestrictions: () => connection()?.checkRestrictions(),
      resumeUnlinking: () => this.#unlinking.resume(),
      close: (reason, unlinked) => this.#close(reason, unlinked),
      onFrameSent: deps.onFrameSent,
    })
    this.#connection = createConnection({
      open: (on) => deps.open({ ...deps, route: this.#proxying.route(), memory, log, append: keys, on }),
      isLinked: () => memory.linked,
      standing: () => memory.standing,
      stillOwned: () => log.durable(),
      versionGate: deps.versionGate,
      observe: deps.observe,
      login: (begin) => {
        const isFirst = memory.linked && !memory.keys.hasAny('pre-key')
        deps.login({ proxy: this.#proxying.route()?.egress, isFirst, begin })
      },
      random: deps.random,
      after: (ms, run) => deps.after(ms, () => this.#released || run()),
      // What is not sent again while its tenant is suspended is no sign of a deaf socket.
      oldestUnacknowledgedMs: () => (deps.isSuspended() ? undefined : this.#sender.oldestUnacknowledgedMs()),
      nowMs: () => deps.now().getTime(),
      on,
      log: deps.log,
    })
    this.#unlinking = createUnlinking({
      memory,
      log,
      relay,
      journal,
      socket: connection,
      opened: (ms) => this.#connection.opened(ms),
      close: (reason, unlinked) => this.#close(reason, unlinked),
      release: () => this.release(),
      snapshots: this.snapshots,
      onDeleted: deps.onDeleted,
    })
  }

  /** Takes the session over: fences older owners, reads the log, publishes what they left, connects. */
  static async start(deps: SessionDeps): Promise<Session> {
    const made: { session?: Session } = {}
    const { taken, relay } = await takeUp(deps, () => {
      made.session?.release()
      deps.onFenced()
    })
    const session = new Session(deps, taken, relay)
    made.session = session
    session.#begin()
    return session
  }

  get id(): string {
    return this.#deps.config.sessionId
  }

  /** It does nothing any more, here; another owner may. */
  get released(): boolean {
    return this.#released
  }

  get connected(): boolean {
    return this.#connection.current() !== undefined
  }

  get quarantined(): boolean {
    return this.#status.current() === 'quarantined'
  }

  get proxyFailing(): boolean {
    return this.#proxying.failure() !== undefined
  }

  get queued(): number {
    return this.#memory.queue.size
  }

  #begin(): void {
    const { config } = this.#deps
    const rests = () => this.#status.set('quarantined')
    if (!this.#memory.created) {
      const name = config.name ? { name: config.name } : {}
      this.#journal.lifecycle({ type: 'session.created', data: { mode: config.mode, ...name, at: this.#journal.at() } })
    }
    if (config.desired === 'deleted') void this.delete().catch(() => {})
    else if (this.#memory.closed) this.#status.set('closed', this.#memory.closed)
    else logIn({ ...this.#deps, memory: this.#memory, connection: this.#connection, setbacks: this.#setbacks, rests })
  }

  /** Handles one command; resolves when its effect is in the log. Throws once released: a socket opened then would have no log. */
  async handle(command: Command): Promise<CommandOutcome> {
    if (this.#released) throw new Error(`session ${this.id} was released`)
    return handleCommand(
      {
        check: () => this.#status.publish(),
        setbacks: this.#setbacks,
        connection: this.#connection,
        unlinking: this.#unlinking,
        pairing: this.#pairing,
        sender: this.#sender,
        caution: this.#caution,
        isClosed: () => this.#memory.closed !== undefined,
      },
      command,
    )
  }

  /** The session's record changed. */
  configure(config: SessionConfig): void {
    this.#sender.setPace(paceOf(config))
    this.#proxying.configure(config)
  }

  /** Its tenant is not suspended any more. */
  activate(): void {
    this.#sender.pump()
  }

  answer(question: Question): QueueAnswer | undefined {
    return 'kind' in question ? this.#wishes.fulfil(question) : this.#sender.report(question)
  }

  /** The lease is running out: hand nothing more to WhatsApp. */
  pause(): void {
    this.#quiet.pause()
  }

  resume(): void {
    this.#quiet.resume()
  }

  /** Commands that come from now on, or wait for room, go back to the broker. */
  stopIntake(): void {
    this.#sender.stopIntake()
  }

  /** Stops at once and for good, without another word in the log. */
  release(): void {
    this.#released = true
    this.#sender.stopIntake()
    this.#connection.close()
    this.#relay.stop()
    this.#log.abandon(new Error(`session ${this.id} was released`))
  }

  /** Hands nothing more to WhatsApp, and waits a moment for what it has not acknowledged yet. */
  quiesce(): Promise<void> {
    return this.#quiet.quiesce()
  }

  /** Stops in good order: what was begun is stored and published before the next owner comes. */
  async drain(): Promise<void> {
    await this.#deps.snapshotBeforeLeaving(this)
    this.#quiet.pause()
    this.#connection.close()
    this.#journal.left()
    try {
      await this.#log.durable()
      await this.#relay.idle()
    } finally {
      this.release()
    }
  }

  delete(): Promise<void> {
    return this.#unlinking.delete()
  }

  #close(reason: CloseReason, unlinked: boolean): void {
    const end = { ...howItEnds(this.#memory, reason), ...this.#proxying.absence(this.#memory.gap) }
    this.#connection.close()
    this.#pairing.closed()
    this.#sender.giveUp('session-closed')
    if (unlinked) this.#journal.append([{ kind: 'RESET', at: this.#journal.at() }])
    this.#journal.lifecycle({ type: 'session.closed', data: { ...end, at: this.#journal.at() } })
    this.#status.set('closed', reason)
  }
}
