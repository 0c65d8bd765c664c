// One WhatsApp session, from takeover to release: its log, its connection, its outbox, and what it tells the rest of Wagate.
import type { Command } from '@wagate/messages/commands.ts'
import type { SessionConfig, SessionState } from '@wagate/messages/control.ts'
import type { CloseReason } from '@wagate/messages/events.ts'
import { apply, type LoggedEvent, type Memory } from '../log/memory.ts'
import { receiptEvents } from '../log/receipts.ts'
import type { Lifecycle, LogRecord, StanzaNote } from '../log/records.ts'
import { createRelay, type Relay } from '../log/relay.ts'
import type { SessionLog } from '../log/session-log.ts'
import { type TakeoverDeps, takeOver } from '../log/takeover.ts'
import type { Pace } from '../message/pacing.ts'
import { createSender, type Sender } from '../message/sender.ts'
import { type Connection, createConnection } from './connection.ts'
import { openSessionSocket } from './open.ts'
import { qrLifetimeMs } from './socket.ts'
import { createStatus } from './status.ts'

export type SessionDeps = {
  config: SessionConfig
  takeover: Omit<TakeoverDeps, 'onFenced' | 'relayed'>
  /** Where to connect; WhatsApp itself when undefined. */
  url: string | undefined
  pace: Pace
  now: () => Date
  random: () => number
  after: (ms: number, run: () => void) => void
  /** Resolves in the next turn of the event loop. */
  turn: () => Promise<void>
  /** Resolves when it is time to try again after a failure. */
  pause: (attempt: number) => Promise<void>
  publish: (event: LoggedEvent) => Promise<void>
  publishState: (state: SessionState) => void
  publishQr: (qr: string, expiresAt: string) => void
  /** The QR string that was published last cannot be scanned any more. */
  withdrawQr: () => void
  /** The session is deleted and its last event published: remove its keys. */
  onDeleted: () => Promise<void>
  onFenced: () => void
  /** The frame of a message was handed to the wire. */
  onFrameSent: () => void
  log: (event: string, fields: Record<string, unknown>) => void
}

export type CommandOutcome = 'done' | 'later'

export class Session {
  readonly #deps: SessionDeps
  readonly #memory: Memory
  readonly #log: SessionLog
  readonly #relay: Relay
  readonly #sender: Sender
  readonly #connection: Connection
  readonly #status: ReturnType<typeof createStatus>
  #paused = false
  #released = false
  #deletion: Promise<void> | undefined

  private constructor(deps: SessionDeps, memory: Memory, log: SessionLog, relay: Relay) {
    this.#deps = deps
    this.#memory = memory
    this.#log = log
    this.#relay = relay
    this.#status = createStatus({ memory, now: deps.now, publish: deps.publishState })
    this.#sender = createSender({
      memory,
      append: (records, options) => this.#append(records, options),
      durable: (ticket) => this.#log.durable(ticket),
      socket: () => (this.#paused ? undefined : this.#connection.current()),
      pace: deps.pace,
      now: deps.now,
      after: deps.after,
      turn: deps.turn,
      onFull: (full) => this.#status.setQueueFull(full),
    })
    this.#connection = createConnection({
      open: (on) =>
        openSessionSocket({
          url: deps.url,
          memory,
          log,
          append: (records) => void this.#append(records),
          now: deps.now,
          on,
        }),
      isLinked: () => memory.linked,
      random: deps.random,
      after: (ms, run) => deps.after(ms, () => this.#released || run()),
      oldestUnacknowledgedMs: () => this.#sender.oldestUnacknowledgedMs(),
      nowMs: () => deps.now().getTime(),
      on: {
        connecting: () => this.#status.set(memory.linked ? 'connecting' : 'starting'),
        qr: (qr) => this.#onQr(qr),
        paired: () => {
          deps.withdrawQr()
          this.#lifecycle({ type: 'session.paired', data: { account: memory.account, at: this.#at() } })
        },
        open: () => this.#onOpen(),
        receipt: (stanza) => this.#onReceipt(stanza),
        acknowledged: (waMessageId, error) => this.#sender.acknowledged(waMessageId, error),
        frameSent: deps.onFrameSent,
        lost: (code, reason) =>
          this.#lifecycle({ type: 'session.disconnected', data: { code, reason, at: this.#at() } }),
        ended: (reason, unlinked) => this.#close(reason, unlinked),
      },
      log: deps.log,
    })
  }

  /** Takes the session over: fences older owners, reads the log, publishes what they left, connects. */
  static async start(deps: SessionDeps): Promise<Session> {
    const made: { session?: Session; relay?: Relay } = {}
    const { log, memory, relayed, unpublished } = await takeOver({
      ...deps.takeover,
      relayed: () => made.relay?.relayed() ?? 0,
      onFenced: () => {
        made.session?.release()
        deps.onFenced()
      },
    })
    const { publish, pause } = deps
    const durability = { durable: (at: number) => log.durable(at), isDurable: (at: number) => log.isDurable(at) }
    const relay = createRelay({ ...durability, publish, pause }, relayed)
    relay.push(unpublished, 0)
    const session = new Session(deps, memory, log, relay)
    made.relay = relay
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

  get queued(): number {
    return this.#memory.queue.size
  }

  #begin(): void {
    const { config } = this.#deps
    if (!this.#memory.created) {
      const name = config.name ? { name: config.name } : {}
      this.#lifecycle({ type: 'session.created', data: { mode: config.mode, ...name, at: this.#at() } })
    }
    if (config.desired === 'deleted') void this.delete().catch(() => {})
    else if (this.#memory.closed) this.#status.set('closed', this.#memory.closed)
    else this.#connection.connect()
  }

  /** Handles one command; resolves when its effect is in the log. */
  async handle(command: Command): Promise<CommandOutcome> {
    switch (command.type) {
      case 'session.create':
        return 'done'
      case 'session.restart':
        this.#connection.close()
        this.#connection.connect()
        return 'done'
      case 'session.logout':
        await this.logout()
        return 'done'
      case 'session.delete':
        await this.delete()
        return 'done'
      case 'message.send': {
        const refusal = () => (this.#memory.closed ? 'session-closed' : undefined)
        return (await this.#sender.accept(command, refusal)) === 'full' ? 'later' : 'done'
      }
    }
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

  /** Stops in good order: what was begun is stored and published before the next owner comes. */
  async drain(): Promise<void> {
    this.#paused = true
    this.#connection.close()
    try {
      await this.#log.durable()
      await this.#relay.idle()
    } finally {
      this.release()
    }
  }

  /** Unlinks the account at WhatsApp, now or as soon as there is a connection. */
  async logout(): Promise<void> {
    if (this.#memory.closed) return
    if (!this.#memory.linked) return this.#close('logged_out', true)
    await this.#log.durable(this.#append([{ kind: 'LOGOUT', at: this.#at() }]))
    await this.#logoutIfOpen()
  }

  async #logoutIfOpen(): Promise<void> {
    const socket = this.#connection.current()
    if (!socket) return
    await this.#log.durable()
    await socket.logout().catch(() => {})
  }

  /** Unlinks the account, tells that the session is gone, and forgets it. Asked again, it is the same deletion. */
  delete(): Promise<void> {
    this.#deletion ??= this.#delete()
    return this.#deletion
  }

  async #delete(): Promise<void> {
    await this.#logoutIfOpen()
    if (!this.#memory.closed) this.#close('logged_out', true)
    if (!this.#memory.deleted) this.#lifecycle({ type: 'session.deleted', data: { at: this.#at() } })
    await this.#log.durable()
    await this.#relay.idle()
    this.release()
    await this.#deps.onDeleted()
  }

  /** Receipts between the account's own devices tell nobody anything, and are not worth a write. */
  #onReceipt(stanza: StanzaNote): void {
    const at = this.#at()
    if (receiptEvents(this.#memory, stanza, at).length === 0) return
    this.#append([{ kind: 'STANZA', stanza, at }])
    this.#sender.pump() // it may have settled a message, which makes room for the next
  }

  #onQr(qr: string): void {
    const expiresAt = new Date(this.#deps.now().getTime() + qrLifetimeMs).toISOString()
    this.#deps.publishQr(qr, expiresAt)
    this.#status.set('awaiting_qr')
    this.#lifecycle({ type: 'session.qr_issued', data: { expiresAt, at: this.#at() } })
  }

  #onOpen(): void {
    this.#lifecycle({ type: 'session.connected', data: { account: this.#memory.account, at: this.#at() } })
    this.#status.set('connected')
    if (this.#memory.logoutRequested) void this.#logoutIfOpen().catch(() => {})
    else void this.#sender.resend().catch(() => {})
  }

  #close(reason: CloseReason, unlinked: boolean): void {
    this.#connection.close()
    this.#deps.withdrawQr()
    this.#sender.giveUp('session-closed')
    if (unlinked) this.#append([{ kind: 'RESET', at: this.#at() }])
    this.#lifecycle({ type: 'session.closed', data: { reason, at: this.#at() } })
    this.#status.set('closed', reason)
  }

  #lifecycle(lifecycle: Lifecycle): void {
    this.#append([{ kind: 'LIFECYCLE', lifecycle }])
  }

  /** After the release nothing is written: no frame can leave any more that would depend on it. */
  #append(records: LogRecord[], options: { lazy?: boolean } = {}): number {
    if (this.#released) return this.#log.begun
    const ticket = this.#log.append(records, options)
    this.#relay.push(
      records.flatMap((record) => apply(this.#memory, record)),
      ticket,
    )
    return ticket
  }

  #at(): string {
    return this.#deps.now().toISOString()
  }
}
