// The pull protocol (ADR-13): ask for as many messages as there is room for, notice silence, and start over when interrupted.
// What "start over" means differs by consumer, so the user of a pull decides and calls `resume`.
import type { Msg, Subscription } from 'nats'
import type { NatsLink } from './nats-link.ts'
import { type Delivery, parseDelivery } from './nats-message.ts'

export type Pulled = { msg: Msg; delivery: Delivery; reply: string }

export type Pull = {
  /** Asks for more if there is room. Call it whenever room was made. */
  pump(): void
  /** (Re)starts with an inbox of its own: answers to older requests are no longer seen. */
  resume(): void
  /** No more messages until `resume`. */
  pause(): void
  /** No more messages from here on. */
  stop(): void
}

export type PullOptions = {
  stream: string
  /** By call, because an ordered consumer gets a new name whenever it starts over. */
  consumer: () => string
  /** Room for messages at most, and room now. */
  capacity: number
  room: () => number
  onMessage(pulled: Pulled): void
  /** The flow broke: reconnected, no heartbeat, or the consumer is gone. Nothing more comes until `resume`. */
  onInterrupted(why: string): void
}

export function openPull(link: NatsLink, options: PullOptions): Pull {
  const { stream, capacity, room, onMessage, onInterrupted } = options
  // The server refuses a heartbeat that is not at least twice as often as a request ends.
  const heartbeatMs = link.pullMs / 2
  const silentAfterMs = 2.5 * heartbeatMs
  let inbox: Subscription | undefined
  /** Messages asked for and not yet here. */
  let requested = 0
  let lastSignMs = 0
  let stopped = false

  const pause = () => {
    if (!link.connection.isClosed()) inbox?.unsubscribe()
    inbox = undefined
    requested = 0
  }

  const interrupt = (why: string) => {
    if (!inbox) return
    pause()
    if (!stopped) onInterrupted(why)
  }

  const pump = () => {
    if (!inbox || stopped || link.status() !== 'connected') return
    const missing = room() - requested
    if (missing <= 0 || (requested > 0 && missing < capacity / 4)) return
    if (requested === 0) lastSignMs = performance.now()
    requested += missing
    const request = { batch: missing, expires: link.pullMs * 1e6, idle_heartbeat: heartbeatMs * 1e6 }
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${options.consumer()}`
    link.connection.publish(subject, JSON.stringify(request), { reply: inbox.getSubject() })
  }

  const receive = (msg: Msg) => {
    lastSignMs = performance.now()
    const code = msg.headers?.code ?? 0
    if (code >= 100 && msg.data.length === 0 && !msg.reply?.startsWith('$JS.ACK')) {
      status(code, msg)
      return
    }
    const delivery = msg.reply ? parseDelivery(msg.reply) : undefined
    if (!msg.reply || !delivery) return
    requested = Math.max(0, requested - 1)
    onMessage({ msg, delivery, reply: msg.reply })
    pump()
  }

  const status = (code: number, msg: Msg) => {
    if (code === 100) return // heartbeat
    if (code === 503) return interrupt('no responders')
    const description = msg.headers?.description.toLowerCase() ?? ''
    if (code === 409 && /deleted|leadership|shutdown/.test(description)) return interrupt(description)
    if (code === 400) return interrupt(description)
    // The others end one request and say how much of it was left; one that says nothing was refused: the monitor asks again.
    const left = Number(msg.headers?.get('Nats-Pending-Messages') || 0)
    requested = left > 0 ? Math.max(0, requested - left) : 0
    if (left > 0) pump()
  }

  const monitor = setInterval(() => {
    if (inbox && requested > 0 && link.status() === 'connected' && performance.now() - lastSignMs > silentAfterMs)
      interrupt('no heartbeat')
    else pump()
  }, 1_000)

  const stopListening = link.onInterruption((event) => {
    if (event === 'reconnected') interrupt('reconnected')
  })

  return {
    pump,
    pause,
    resume() {
      if (stopped) return
      pause()
      inbox = link.connection.subscribe(link.newInbox(), {
        callback: (error, msg) => {
          if (error) link.logger.error({ event: 'broker.pull_refused', stream, err: error }, 'pull refused')
          else receive(msg)
        },
      })
      pump()
    },
    stop() {
      stopped = true
      clearInterval(monitor)
      stopListening()
      pause()
    },
  }
}
