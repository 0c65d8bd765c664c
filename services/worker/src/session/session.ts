// One WhatsApp session, from takeover to release: its log, its connection, its outbox, and what it tells the rest of Wagate.
import type { Command } from '@wagate/messages/commands.ts'
import type { SessionConfig } from '@wagate/messages/control.ts'
import type { CloseReason } from '@wagate/messages/events.ts'
import { paceOf } from '@wagate/messages/pacing.ts'
import type { QueueAnswer } from '@wagate/messages/questions.ts'
import { isWorthLeaving } from '../log/crashes.ts'
import type { Memory } from '../log/memory.ts'
import { receiptEvents } from '../log/receipts.ts'
import type { LogRecord, StanzaNote } from '../log/records.ts'
import type { Relay } from '../log/relay.ts'
import { createSnapshotter, type Snapshotter } from '../log/snapshotter.ts'
import type { Takeover } from '../log/takeover.ts'
import { createSender, type Sender } from '../message/sender.ts'
import { waitForAcknowledgements } from './acknowledged.ts'
import { type Caution, cautionAfter } from './caution.ts'
import { type Connection, createConnection } from './connection.ts'
import type { CommandOutcome, SessionDeps } from './deps.ts'
import { handleCommand } from './handle.ts'
import { createJournal, type Journal } from './journal.ts'
import { logIn } from './login.ts'
import { createPairing, type Pairing } from './pairing.ts'
import { createSetbacks, type Setbacks } from './setbacks.ts'
import { createStatus } from './status.ts'
import { takeUp } from './take-up.ts'
import { createUnlinking } from './unlink.ts'
import { versionText } from './version.ts'

export class Session {
  readonly #deps: SessionDeps
  readonly #memory: Memory
  readonly #log: Takeover['log']
  readonly #journal: Journal
  readonly #relay: Relay
  readonly #sender: Sender
  readonly #connection: Connection
  readonly #status: ReturnType<typeof createStatus>
  readonly #setbacks: Setbacks
  readonly #pairing: Pairing
  readonly #unlinking: ReturnType<typeof createUnlinking>
  readonly snapshots: Snapshotter
  /** Set when owners before this one died in a row. */
  readonly #caution: Caution | undefined
  #paused = false
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
      owner: deps.takeover.owner,
      version: versionText(deps.version),
      facts: () => this.#connection.facts(),
      fullLanes: () => this.#sender.fullLanes(),
    })
    const setbacks = createSetbacks({
      memory,
      journal,
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
    this.#sender = createSender({
      ...deps,
      memory,
      caution: this.#caution,
      append: journal.append,
      durable: (ticket) => this.#log.durable(ticket),
      socket: () => (this.#paused ? undefined : this.#connection.current()),
      pace: paceOf(deps.config),
      onFull: () => this.#status.publish(),
    })
    this.#pairing = createPairing({
      ...deps,
      memory,
      journal,
      durable: (ticket) => log.durable(ticket),
      socket: () => (this.#paused ? undefined : this.#connection.socket()),
      reconnect: () => this.#connection.reconnect(),
      onShown: () => this.#status.set('awaiting_qr'),
    })
    this.#connection = createConnection({
      open: (on) => deps.open({ ...deps, memory, log, append: (records) => this.#onKeys(records), on }),
      isLinked: () => memory.linked,
      standing: () => memory.standing,
      stillOwned: () => log.durable(),
      versionGate: deps.versionGate,
      observe: deps.observe,
      login: (begin) => deps.login({ isFirst: memory.linked && !memory.keys.hasAny('pre-key'), begin }),
      random: deps.random,
      after: (ms, run) => deps.after(ms, () => this.#released || run()),
      oldestUnacknowledgedMs: () => this.#sender.oldestUnacknowledgedMs(),
      nowMs: () => deps.now().getTime(),
      on: {
        connecting: () => this.#status.set(memory.linked ? 'connecting' : 'starting'),
        gone: this.#pairing.lost,
        qr: this.#pairing.qr,
        codeEntered: this.#pairing.codeEntered,
        paired: this.#pairing.paired,
        open: () => this.#onOpen(),
        receipt: (stanza) => this.#onReceipt(stanza),
        call: (stanza) => void journal.append([{ kind: 'STANZA', stanza, at: journal.at() }]),
        acknowledged: (waMessageId, error) => this.#sender.acknowledged(waMessageId, error),
        frameSent: deps.onFrameSent,
        restriction: setbacks.restricted,
        failed: setbacks.failed,
        quarantined: setbacks.quarantined,
        ended: (reason, unlinked) => this.#close(reason, unlinked),
      },
      log: deps.log,
    })
    this.#unlinking = createUnlinking({
      memory,
      log,
      relay,
      journal,
      socket: () => this.#connection.current(),
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
  }

  reportQueue(messageId: string | undefined): QueueAnswer {
    return this.#sender.report(messageId)
  }

  /** The lease is running out: hand nothing more to WhatsApp. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#sender.pump()
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
  async quiesce(): Promise<void> {
    this.#paused = true
    await waitForAcknowledgements({
      unacknowledged: () => this.#memory.unacknowledged.size,
      connected: () => this.connected && !this.#released,
      nowMs: () => this.#deps.now().getTime(),
      pause: () => this.#deps.pause(1),
    })
  }

  /** Stops in good order: what was begun is stored and published before the next owner comes. */
  async drain(): Promise<void> {
    await this.#deps.snapshotBeforeLeaving(this)
    this.#paused = true
    this.#connection.close()
    if (isWorthLeaving(this.#memory.crashes, this.#deps.now().getTime()))
      this.#journal.append([{ kind: 'LEFT', at: this.#journal.at() }])
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

  /** With new keys a message may have come; whoever wrote it is no stranger any more, and what waits for them may go. */
  #onKeys(records: LogRecord[]): void {
    this.#journal.append(records)
    if (records.some((record) => record.kind === 'KEYS' && record.inbox)) this.#sender.pump()
  }

  /** Receipts between the account's own devices tell nobody anything, and are not worth a write. */
  #onReceipt(stanza: StanzaNote): void {
    const at = this.#journal.at()
    if (receiptEvents(this.#memory, stanza, at).length === 0) return
    this.#journal.append([{ kind: 'STANZA', stanza, at }])
    this.#sender.pump() // it may have settled a message, which makes room for the next
  }

  #onOpen(): void {
    const { account } = this.#memory
    this.#journal.lifecycle({ type: 'session.connected', data: { account, at: this.#journal.at() } })
    this.#status.set('connected')
    this.#connection.current()?.checkRestrictions()
    if (!this.#unlinking.resume()) void this.#sender.resend().catch(() => {})
  }

  #close(reason: CloseReason, unlinked: boolean): void {
    this.#connection.close()
    this.#pairing.closed()
    this.#sender.giveUp('session-closed')
    if (unlinked) this.#journal.append([{ kind: 'RESET', at: this.#journal.at() }])
    this.#journal.lifecycle({ type: 'session.closed', data: { reason, at: this.#journal.at() } })
    this.#status.set('closed', reason)
  }
}
