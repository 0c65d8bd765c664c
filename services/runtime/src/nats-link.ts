// One connection: options that fit a server which restarts, requests with a shared inbox, and the news of interruptions.
import { randomBytes } from 'node:crypto'
import { connect, Events, type Msg, type MsgHdrs, type NatsConnection } from 'nats'
import type { BrokerConfig, BrokerStatus } from './broker.ts'
import { BrokerRefused, BrokerUnavailable } from './errors.ts'
import type { Logger } from './logger.ts'

type Waiting = { subject: string; resolve(answer: Msg): void; reject(error: Error): void; deadlineMs: number }

export type RequestOptions = { headers?: MsgHdrs; timeoutMs?: number }

/** How often unanswered requests are looked through: a timeout is late by at most this. */
const sweepEveryMs = 50

/**
 * The client's own `request` makes a timer, an inbox token and a stack trace per call; this one shares a timer, counts, and
 * fails what is in flight as soon as the connection breaks. Nothing is written while disconnected: a late write is a surprise.
 */
export class NatsLink {
  readonly connection: NatsConnection
  readonly logger: Logger
  /** Resolves when the connection is closed for good. */
  readonly closed: Promise<void>
  readonly timeoutMs: number
  /** How long the server may keep a request for messages. */
  readonly pullMs: number
  readonly inboxPrefix: string
  readonly #waiting = new Map<string, Waiting>()
  readonly #listeners = new Set<(event: 'disconnected' | 'reconnected') => void>()
  readonly #replyPrefix: string
  #connected = true
  #serial = 0
  #sweeper: NodeJS.Timeout | undefined

  static async connect(config: BrokerConfig): Promise<NatsLink> {
    const { logger } = config
    // Every user may subscribe to its own inbox only, so that none can read another's answers.
    const inboxPrefix = config.user ? `_INBOX_${config.user}` : '_INBOX'
    const waiting = setInterval(() => logger.warn({ event: 'broker.waiting' }, 'waiting for NATS'), 5_000)
    try {
      const connection = await connect({
        servers: config.servers,
        name: config.name,
        inboxPrefix,
        ...(config.user === undefined ? {} : { user: config.user }),
        ...(config.password === undefined ? {} : { pass: config.password }),
        waitOnFirstConnect: true,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 250,
        reconnectJitter: 100,
        pingInterval: 5_000,
        maxPingOut: 2,
        timeout: 5_000,
        noAsyncTraces: true,
      })
      return new NatsLink(connection, config, inboxPrefix)
    } finally {
      clearInterval(waiting)
    }
  }

  constructor(connection: NatsConnection, config: BrokerConfig, inboxPrefix: string) {
    this.connection = connection
    this.logger = config.logger
    this.timeoutMs = config.timeoutMs ?? 5_000
    this.pullMs = (config.leaseTtlMs ?? 20_000) / 2
    this.inboxPrefix = inboxPrefix
    this.#replyPrefix = `${this.newInbox()}.`
    connection.subscribe(`${this.#replyPrefix}*`, { callback: (error, msg) => this.#answered(error, msg) })
    this.closed = connection.closed().then((error) => {
      this.#connected = false
      if (error) this.logger.error({ event: 'broker.closed', err: error }, 'the connection to NATS is closed')
      this.#failAll('closed')
    })
    void this.#followStatus()
  }

  newInbox(): string {
    return `${this.inboxPrefix}.${randomBytes(12).toString('base64url')}`
  }

  status(): BrokerStatus {
    if (this.connection.isClosed()) return 'closed'
    return this.#connected ? 'connected' : 'disconnected'
  }

  /** Calls the listener after every loss and every return of the connection; returns the function that ends it. */
  onInterruption(listener: (event: 'disconnected' | 'reconnected') => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** One answer, or BrokerUnavailable. While disconnected it waits for the connection first. */
  async request(subject: string, data: Uint8Array, options: RequestOptions = {}): Promise<Msg> {
    const deadlineMs = performance.now() + (options.timeoutMs ?? this.timeoutMs)
    if (!this.#connected) await this.#whenConnected(deadlineMs)
    return this.#send(subject, data, options.headers, deadlineMs)
  }

  #send(subject: string, data: Uint8Array, headers: MsgHdrs | undefined, deadlineMs: number): Promise<Msg> {
    return new Promise((resolve, reject) => {
      const token = (this.#serial++).toString(36)
      const reply = this.#replyPrefix + token
      try {
        this.connection.publish(subject, data, headers ? { reply, headers } : { reply })
      } catch (error) {
        reject(refusedLocally(error))
        return
      }
      this.#waiting.set(token, { subject, resolve, reject, deadlineMs })
      this.#sweeper ??= setInterval(() => this.#sweep(), sweepEveryMs)
    })
  }

  async drain(): Promise<void> {
    if (this.connection.isClosed()) return
    // A drain over a dead connection would wait for its return.
    await (this.#connected ? this.connection.drain() : this.connection.close())
    await this.closed
  }

  #answered(error: Error | null, msg: Msg): void {
    if (error) {
      this.logger.error({ event: 'broker.inbox_refused', err: error }, 'NATS refused the inbox of this user')
      return
    }
    const token = msg.subject.slice(this.#replyPrefix.length)
    const waiting = this.#waiting.get(token)
    if (!waiting) return // it timed out before
    this.#waiting.delete(token)
    if (msg.data.length === 0 && msg.headers?.code === 503)
      waiting.reject(new BrokerUnavailable('no-responders', { mayHaveHappened: false }))
    else waiting.resolve(msg)
  }

  #sweep(): void {
    const nowMs = performance.now()
    for (const [token, waiting] of this.#waiting) {
      if (nowMs < waiting.deadlineMs) continue
      this.#waiting.delete(token)
      waiting.reject(new BrokerUnavailable('timeout', { mayHaveHappened: true }))
    }
    if (this.#waiting.size === 0) {
      clearInterval(this.#sweeper)
      this.#sweeper = undefined
    }
  }

  /** The server does not answer what it forbids; it sends an error beside the answers. */
  #forbidden(subject: string): void {
    this.logger.error({ event: 'broker.forbidden', subject }, 'this NATS user may not publish there')
    for (const [token, waiting] of this.#waiting) {
      if (waiting.subject !== subject) continue
      this.#waiting.delete(token)
      waiting.reject(new BrokerRefused(`this user may not publish to ${subject}`, 403, 0))
    }
  }

  #failAll(reason: 'disconnected' | 'closed'): void {
    const failed = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const waiting of failed) waiting.reject(new BrokerUnavailable(reason, { mayHaveHappened: true }))
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
  }

  async #whenConnected(deadlineMs: number): Promise<void> {
    if (this.connection.isClosed()) throw new BrokerUnavailable('closed', { mayHaveHappened: false })
    await new Promise<void>((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        stop()
        settle()
      }
      const fail = () => finish(() => reject(new BrokerUnavailable('disconnected', { mayHaveHappened: false })))
      const timer = setTimeout(fail, Math.max(0, deadlineMs - performance.now()))
      const stop = this.onInterruption((event) => {
        if (event === 'reconnected') finish(resolve)
      })
    })
  }

  async #followStatus(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === Events.Disconnect) {
        this.#connected = false
        this.logger.warn({ event: 'broker.disconnected' }, 'lost NATS')
        this.#failAll('disconnected')
        for (const listener of [...this.#listeners]) listener('disconnected')
      } else if (status.type === Events.Reconnect) {
        this.#connected = true
        this.logger.info({ event: 'broker.reconnected' }, 'NATS is back')
        for (const listener of [...this.#listeners]) listener('reconnected')
      } else if (status.type === Events.Error && status.permissionContext?.operation === 'publish') {
        this.#forbidden(status.permissionContext.subject)
      } else if (status.type === Events.Error) {
        this.logger.error(
          { event: 'broker.error', error: status.data, context: status.permissionContext },
          'NATS reports an error',
        )
      }
    }
  }
}

/** The client refuses some messages before sending: bigger than the server's limit, or after close. */
function refusedLocally(error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'MAX_PAYLOAD_EXCEEDED') return new BrokerRefused('message is larger than max_payload', 400, 10054)
  if (code === 'CONNECTION_CLOSED' || code === 'CONNECTION_DRAINING')
    return new BrokerUnavailable('closed', { mayHaveHappened: false, cause: error })
  return error instanceof Error ? error : new Error('publish failed', { cause: error })
}
