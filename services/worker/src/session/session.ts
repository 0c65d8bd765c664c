// One WhatsApp session, from takeover to release: its socket, its log, its outbox, and what it tells the rest of Wagate.
import type { Command } from '@wagate/messages/commands.ts'
import type { SessionConfig, SessionState } from '@wagate/messages/control.ts'
import type { CloseReason } from '@wagate/messages/events.ts'
import { apply, type LoggedEvent, type Memory } from '../log/memory.ts'
import type { Lifecycle, LogRecord } from '../log/records.ts'
import { createRelay, type Relay } from '../log/relay.ts'
import type { SessionLog } from '../log/session-log.ts'
import { type TakeoverDeps, takeOver } from '../log/takeover.ts'
import type { Pace } from '../message/pacing.ts'
import { readMessage } from '../message/read.ts'
import { createSender, type Sender } from '../message/sender.ts'
import { type Credentials, openCredentials, packCredentials } from '../signal/credentials.ts'
import { createKeyStore } from '../signal/key-store.ts'
import { backoffMs, type Reaction, reactionTo } from './disconnect.ts'
import { openSocket, qrLifetimeMs, type WhatsAppSocket } from './socket.ts'

export type SessionDeps = {
  config: SessionConfig
  takeover: Omit<TakeoverDeps, 'onFenced' | 'relayed'>
  /** Where to connect; WhatsApp itself when undefined. */
  url: string | undefined
  pace: Pace
  now: () => Date
  random: () => number
  /** Runs later unless the session was released; one timer at a time is enough for the caller. */
  after: (ms: number, run: () => void) => void
  pause: (attempt: number) => Promise<void>
  publish: (event: LoggedEvent) => Promise<void>
  publishState: (state: SessionState) => void
  publishQr: (qr: string, expiresAt: string) => void
  /** The session is deleted and its last event published: remove its keys. */
  onDeleted: () => Promise<void>
  onFenced: () => void
  /** The frame of a message was handed to the wire. */
  onFrameSent?: () => void
  log: (event: string, fields: Record<string, unknown>) => void
}

export type CommandOutcome = 'done' | 'later'

/** No acknowledgement for this long on an open socket: the connection is deaf, a new one will tell. */
const deafAfterMs = 75_000

export class Session {
  readonly #deps: SessionDeps
  readonly #memory: Memory
  readonly #log: SessionLog
  readonly #relay: Relay
  readonly #sender: Sender
  #creds: Credentials | undefined
  #socket: WhatsAppSocket | undefined
  #open = false
  #paused = false
  #released = false
  #failures = 0
  #queueFull = false
  #afterOpen: 'logout' | undefined
  #deletion: Promise<void> | undefined
  #status: SessionState['status'] = 'starting'
  #reason: CloseReason | undefined

  private constructor(deps: SessionDeps, memory: Memory, log: SessionLog, relay: Relay) {
    this.#deps = deps
    this.#memory = memory
    this.#log = log
    this.#relay = relay
    this.#sender = createSender({
      memory,
      append: (records, options) => this.#append(records, options),
      durable: (ticket) => this.#log.durable(ticket),
      socket: () => (this.#open && !this.#paused ? this.#socket : undefined),
      pace: deps.pace,
      now: deps.now,
      after: deps.after,
      onFull: (full) => {
        this.#queueFull = full
        this.#publishState()
      },
    })
  }

  /** Takes the session over: fences older owners, reads the log, publishes what they left, connects. */
  static async start(deps: SessionDeps): Promise<Session> {
    const created: { session?: Session; relay?: Relay } = {}
    const { log, memory, relayed, unpublished } = await takeOver({
      ...deps.takeover,
      relayed: () => created.relay?.relayed() ?? 0,
      onFenced: () => {
        created.session?.release()
        deps.onFenced()
      },
    })
    const relay = createRelay(
      {
        durable: (ticket) => log.durable(ticket),
        isDurable: (ticket) => log.isDurable(ticket),
        publish: deps.publish,
        pause: deps.pause,
      },
      relayed,
    )
    created.relay = relay
    const session = new Session(deps, memory, log, relay)
    created.session = session
    relay.push(unpublished, 0)
    session.#begin()
    return session
  }

  get id(): string {
    return this.#deps.config.sessionId
  }

  get connected(): boolean {
    return this.#open
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
    if (config.desired === 'deleted') void this.delete()
    else if (this.#memory.closed) this.#setStatus('closed', this.#reason ?? 'logged_out')
    else this.#connect()
  }

  /** Handles one command; resolves when its effect is in the log. */
  async handle(command: Command): Promise<CommandOutcome> {
    switch (command.type) {
      case 'session.create':
        return 'done'
      case 'session.restart':
        this.#restart()
        return 'done'
      case 'session.logout':
        await this.logout()
        return 'done'
      case 'session.delete':
        await this.delete()
        return 'done'
      case 'message.send': {
        const refusal = this.#memory.closed ? 'session-closed' : undefined
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

  /** Stops at once and for good, without another word in the log. */
  release(): void {
    this.#released = true
    this.#closeSocket()
    this.#relay.stop()
    this.#log.abandon(new Error(`session ${this.id} was released`))
  }

  /** Stops in good order: nothing begun is lost, and the next owner finds nothing to settle but what WhatsApp has not answered. */
  async drain(): Promise<void> {
    this.#paused = true
    this.#closeSocket()
    await this.#log.durable()
    await this.#relay.idle()
    this.release()
  }

  async logout(): Promise<void> {
    if (this.#memory.closed) return
    if (!this.#memory.linked) return this.#closeFor('logged_out', true)
    this.#afterOpen = 'logout'
    if (this.#open) await this.#logoutNow()
  }

  async #logoutNow(): Promise<void> {
    await this.#log.durable()
    await this.#socket?.logout().catch(() => {})
  }

  /** Unlinks the account, tells that the session is gone, and forgets it. Asked again, it is the same deletion. */
  delete(): Promise<void> {
    this.#deletion ??= this.#delete()
    return this.#deletion
  }

  async #delete(): Promise<void> {
    if (this.#open && this.#memory.linked) await this.#logoutNow()
    if (!this.#memory.closed) this.#closeFor('logged_out', true)
    if (!this.#memory.deleted) this.#lifecycle({ type: 'session.deleted', data: { at: this.#at() } })
    await this.#log.durable()
    await this.#relay.idle()
    this.release()
    await this.#deps.onDeleted()
  }

  #restart(): void {
    this.#closeSocket()
    this.#memory.closed = false
    this.#failures = 0
    this.#connect()
  }

  #connect(): void {
    if (this.#released) return
    const { memory, creds } = { memory: this.#memory, creds: openCredentials(this.#memory.creds) }
    this.#creds = creds
    if (!memory.creds) this.#writeCredentials()
    this.#setStatus(memory.linked ? 'connecting' : 'starting')
    const socket = openSocket({
      url: this.#deps.url,
      creds,
      keys: createKeyStore({
        keys: () => memory.keys,
        write: (mutations, inbox) => {
          this.#append([{ kind: 'KEYS', mutations, ...(inbox.length > 0 ? { inbox } : {}) }])
        },
      }),
      log: this.#log,
      plaintextOf: (hash) => memory.inbox.get(hash),
      readMessage: (attrs, plaintext) =>
        readMessage(attrs, plaintext, { party: memory.account, lookup: (id) => this.#alternative(id) }),
      sentMessage: (waMessageId) => {
        const content = memory.sent.get(waMessageId)?.message.content
        return content?.type === 'text' ? { text: content.text.body } : undefined
      },
      on: {
        qr: (qr) => this.#onQr(qr),
        credsChanged: () => this.#writeCredentials(),
        paired: () => this.#lifecycle({ type: 'session.paired', data: { account: memory.account, at: this.#at() } }),
        open: () => this.#onOpen(),
        receipt: (stanza) => this.#append([{ kind: 'STANZA', stanza, at: this.#at() }]),
        acknowledged: (waMessageId, error) => this.#sender.acknowledged(waMessageId, error),
        closed: (code) => {
          if (this.#socket === socket) this.#onClosed(code)
        },
        ...(this.#deps.onFrameSent ? { frameSent: this.#deps.onFrameSent } : {}),
      },
    })
    this.#socket = socket
  }

  #alternative(id: string): string | undefined {
    const other = this.#memory.keys.get('lid-mapping')?.get(id)
    return typeof other === 'string' ? other : undefined
  }

  #onQr(qr: string): void {
    const expiresAt = new Date(this.#deps.now().getTime() + qrLifetimeMs).toISOString()
    this.#deps.publishQr(qr, expiresAt)
    this.#setStatus('awaiting_qr')
    this.#lifecycle({ type: 'session.qr_issued', data: { expiresAt, at: this.#at() } })
  }

  #onOpen(): void {
    this.#open = true
    this.#failures = 0
    this.#lifecycle({ type: 'session.connected', data: { account: this.#memory.account, at: this.#at() } })
    this.#setStatus('connected')
    if (this.#afterOpen === 'logout') void this.#logoutNow()
    else void this.#sender.resend().catch(() => {})
    this.#watchForDeafness(this.#socket)
  }

  #watchForDeafness(socket: WhatsAppSocket | undefined): void {
    this.#deps.after(deafAfterMs / 3, () => {
      if (!socket || this.#socket !== socket || !this.#open) return
      const since = this.#sender.oldestUnacknowledged()
      if (since && this.#deps.now().getTime() - Date.parse(since) > deafAfterMs) {
        this.#closeSocket()
        this.#onClosed(408)
      } else this.#watchForDeafness(socket)
    })
  }

  #onClosed(code: number): void {
    if (this.#released) return
    const wasOpen = this.#open
    this.#open = false
    const reaction: Reaction = reactionTo(code, this.#memory.linked)
    this.#deps.log('session.socket_closed', { code, reaction: reaction.kind })
    if (reaction.kind === 'close') return this.#closeFor(reaction.reason, reaction.unlinked)
    if (reaction.kind === 'restart') return this.#connect()
    if (wasOpen) {
      this.#lifecycle({ type: 'session.disconnected', data: { code, reason: reaction.reason, at: this.#at() } })
      this.#setStatus('connecting')
    }
    this.#failures += 1
    this.#deps.after(backoffMs(this.#failures, reaction.minMs, this.#deps.random()), () => {
      if (!this.#open && !this.#memory.closed) this.#connect()
    })
  }

  #closeFor(reason: CloseReason, unlinked: boolean): void {
    this.#closeSocket()
    this.#afterOpen = undefined
    this.#sender.giveUp('session-closed')
    if (unlinked) this.#append([{ kind: 'RESET', at: this.#at() }])
    this.#lifecycle({ type: 'session.closed', data: { reason, at: this.#at() } })
    this.#setStatus('closed', reason)
  }

  #closeSocket(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#open = false
    socket?.close()
  }

  #writeCredentials(): void {
    if (this.#creds) this.#append([{ kind: 'KEYS', mutations: {}, creds: packCredentials(this.#creds) }])
  }

  #lifecycle(lifecycle: Lifecycle): void {
    this.#append([{ kind: 'LIFECYCLE', lifecycle }])
  }

  #append(records: LogRecord[], options: { lazy?: boolean } = {}): number {
    if (this.#released) return this.#log.begun
    const ticket = this.#log.append(records, options)
    this.#relay.push(
      records.flatMap((record) => apply(this.#memory, record)),
      ticket,
    )
    return ticket
  }

  #setStatus(status: SessionState['status'], reason?: CloseReason): void {
    this.#status = status
    this.#reason = status === 'closed' ? reason : undefined
    this.#publishState()
  }

  #publishState(): void {
    const { account, epoch } = this.#memory
    const known = account.phone || account.lid ? { account } : {}
    const reason = this.#reason ? { reason: this.#reason } : {}
    const state = {
      v: 1,
      status: this.#status,
      ...reason,
      ...known,
      queueFull: this.#queueFull,
      epoch,
      since: this.#at(),
    }
    this.#deps.publishState({ ...state, v: 1 })
  }

  #at(): string {
    return this.#deps.now().toISOString()
  }
}
