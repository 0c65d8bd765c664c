// The session's outbox: takes commands into the log, hands messages to WhatsApp at the session's pace, and settles each by
// WhatsApp's acknowledgement. Its state is the session's memory, so that the next owner goes on where this one stopped.
import type { CommandOf } from '@wagate/messages/commands.ts'
import type { Intent, Memory } from '../log/memory.ts'
import type { LogRecord, QueuedMessage } from '../log/records.ts'
import type { WhatsAppSocket } from '../session/socket.ts'
import { failureOf } from './failures.ts'
import { bytesOf, nextMessage, outboxLimit, sendWindow, waitingLimit } from './outbox.ts'
import { fullBucket, type Pace, takeToken } from './pacing.ts'
import { waMessageIdFor } from './wa-id.ts'

export type SenderDeps = {
  memory: Memory
  /** Applies the records, begins their append and returns its ticket. A lazy one is written with the next append. */
  append: (records: LogRecord[], options?: { lazy?: boolean }) => number
  /** Resolves when the append of that ticket, or every one that was begun, is stored. */
  durable: (ticket?: number) => Promise<void>
  /** The open socket, if there is one and the lease allows sending. */
  socket: () => WhatsAppSocket | undefined
  pace: Pace
  now: () => Date
  after: (ms: number, run: () => void) => void
  /** Resolves in the next turn of the event loop: encrypting is CPU, and other sessions and acknowledgements wait for it. */
  turn: () => Promise<void>
  /** The outbox reached its bound, or has room again. */
  onFull: (full: boolean) => void
}

/** An unacknowledged message older than this is not sent again: it is left to receipts, in state `unknown`. */
const resendWithinMs = 10 * 60_000

/** Messages that a session encrypts in one turn of the event loop: their log records share a write, and others wait no longer. */
const perTurn = 4

export type Sender = ReturnType<typeof createSender>

export function createSender(deps: SenderDeps) {
  const { memory } = deps
  let bucket = fullBucket(deps.pace, deps.now().getTime())
  let bytes = [...memory.queue.values()].reduce((sum, message) => sum + bytesOf(message), 0)
  let full = false
  /** Commands that wait for room, in order of arrival. */
  const waiting: ((admitted: boolean) => void)[] = []
  let waitingBytes = 0
  let stopped = false
  let pumping = false
  let lookAgain = false
  /** WhatsApp message ids that go out again, in order, before anything new does: a chat stays in order. */
  let toResend = new Set<string>()

  const at = (): string => deps.now().toISOString()

  function reportFullness(): void {
    const count = memory.queue.size
    const isFull = full
      ? count > outboxLimit.clearsAt || bytes > outboxLimit.bytes
      : count >= outboxLimit.messages || bytes >= outboxLimit.bytes
    if (isFull === full) return
    full = isFull
    deps.onFull(full)
    if (!full) admitWaiting()
  }

  /**
   * Takes a command into the log, or holds it until there is room: a message is never overtaken by a later one of its
   * session. `refusal` is asked when it is taken. `full`: too many wait already, or none is taken any more; come again.
   */
  async function accept(
    command: CommandOf<'message.send'>,
    refusal: () => string | undefined,
  ): Promise<'taken' | 'full'> {
    if (!full && waiting.length === 0 && !stopped) return take(command, refusal())
    const size = bytesOf(command.data)
    if (stopped || waiting.length >= waitingLimit.messages || waitingBytes + size > waitingLimit.bytes) return 'full'
    waitingBytes += size
    const { promise, resolve } = Promise.withResolvers<'taken' | 'full'>()
    waiting.push((admitted) => {
      waitingBytes -= size
      resolve(admitted ? take(command, refusal()) : 'full')
    })
    return promise
  }

  function admitWaiting(): void {
    while (!full) {
      const admit = waiting.shift()
      if (!admit) return
      admit(true)
    }
  }

  async function take(command: CommandOf<'message.send'>, refusal: string | undefined): Promise<'taken'> {
    if (memory.seenCommands.has(command.id)) {
      await deps.durable() // the first one may still be on its way into the log
      return 'taken'
    }
    const { messageId, to, content, lane, acceptedAt } = command.data
    const { id: commandId, correlationId } = command
    const message = { commandId, messageId, to, content, lane, acceptedAt, ...(correlationId ? { correlationId } : {}) }
    bytes += bytesOf(message)
    const ticket = deps.append([{ kind: 'QUEUED', message, at: at() }])
    if (refusal) fail(message, refusal)
    reportFullness()
    // Begun before the flush at the end of this turn: on a session at rest, acceptance, intent and ratchet are one write.
    void pump()
    await deps.durable(ticket)
    return 'taken'
  }

  function fail(message: QueuedMessage, code: string, waMessageId?: string): void {
    const { detail } = failureOf(code)
    if (memory.queue.has(message.commandId)) bytes -= bytesOf(message)
    const settled = waMessageId ? { waMessageId } : {}
    deps.append([{ kind: 'FAILED', commandId: message.commandId, ...settled, code, detail, at: at() }])
    reportFullness()
  }

  /** One at a time. A call while it runs makes it look again: it may just have found nothing to do. */
  async function pump(): Promise<void> {
    lookAgain = true
    if (pumping) return
    pumping = true
    try {
      while (lookAgain) {
        lookAgain = false
        for (let sent = 1; await sendNext(); sent++) if (sent % perTurn === 0) await deps.turn()
      }
    } finally {
      pumping = false
    }
  }

  /** Whether there may be more to send now. */
  async function sendNext(): Promise<boolean> {
    const socket = deps.socket()
    if (socket && toResend.size > 0) return resendNext(socket)
    const message = nextMessage(memory.queue)
    if (!socket || !message || memory.unacknowledged.size >= sendWindow) return false
    const taken = takeToken(deps.pace, bucket, deps.now().getTime())
    bucket = taken.bucket
    if (taken.waitMs > 0) {
      deps.after(taken.waitMs, () => void pump())
      return false
    }
    const known = await isKnown(socket, message.to)
    if (known === undefined || deps.socket() !== socket) return false
    if (!known) {
      fail(message, 'recipient-not-on-whatsapp')
      return true
    }
    bytes -= bytesOf(message)
    const waMessageId = waMessageIdFor(memory.sessionId, message.commandId)
    deps.append([{ kind: 'INTENT', commandId: message.commandId, waMessageId, at: at() }], { lazy: true })
    reportFullness()
    await transmit(socket, message, waMessageId)
    return true
  }

  /** Asks WhatsApp once per number: writing to numbers that are not on it gets accounts restricted. */
  async function isKnown(socket: WhatsAppSocket, to: string): Promise<boolean | undefined> {
    if (!to.startsWith('+') || memory.keys.has('lid-mapping', to.slice(1))) return true
    try {
      return await socket.isOnWhatsApp(to.slice(1))
    } catch {
      return undefined
    }
  }

  /** A message that could not be handed over stays unacknowledged: it goes out with the next connection. */
  async function transmit(socket: WhatsAppSocket, message: QueuedMessage, waMessageId: string): Promise<void> {
    if (message.content.type !== 'text') {
      fail(message, 'content-not-supported', waMessageId)
      return
    }
    const jid = message.to.startsWith('+') ? `${message.to.slice(1)}@s.whatsapp.net` : message.to
    const outcome = await socket.send(jid, message.content.text.body, waMessageId).catch(() => 'disconnected' as const)
    if (outcome === 'unsendable') fail(message, 'encryption-failed', waMessageId)
  }

  /** Sends again what the last connection, or the last owner, left open; under the same ids. */
  async function resend(): Promise<void> {
    toResend = new Set(memory.unacknowledged.keys())
    await pump()
  }

  async function resendNext(socket: WhatsAppSocket): Promise<true> {
    const [waMessageId = ''] = toResend
    toResend.delete(waMessageId)
    const intent = memory.unacknowledged.get(waMessageId)
    if (!intent) return true // a receipt came meanwhile
    if (isTooOld(intent)) deps.append([{ kind: 'UNCONFIRMED', waMessageId, at: at() }])
    else await transmit(socket, intent.message, waMessageId)
    return true
  }

  const isTooOld = (intent: Intent): boolean => deps.now().getTime() - Date.parse(intent.at) > resendWithinMs

  return {
    accept,

    /** Takes nothing more; what waits for room goes back to the broker. */
    stopIntake(): void {
      stopped = true
      for (const admit of waiting.splice(0)) admit(false)
    },

    resend,
    pump: () => void pump(),

    acknowledged(waMessageId: string, error: string | undefined): void {
      const intent = memory.unacknowledged.get(waMessageId)
      if (!intent) return
      if (error) fail(intent.message, `whatsapp-${error}`, waMessageId)
      else deps.append([{ kind: 'ACKED', waMessageId, at: at() }])
      void pump()
    },

    /** The session ended: nothing that waits will be sent, and what is open stays unknown. */
    giveUp(code: string): void {
      for (const message of [...memory.queue.values()]) fail(message, code)
      for (const waMessageId of [...memory.unacknowledged.keys()]) {
        deps.append([{ kind: 'UNCONFIRMED', waMessageId, at: at() }])
      }
    },

    /** When the oldest unacknowledged message was handed to WhatsApp, in ms since 1970. */
    oldestUnacknowledgedMs(): number | undefined {
      const oldest = memory.unacknowledged.values().next().value
      return oldest && Date.parse(oldest.at)
    },
  }
}
