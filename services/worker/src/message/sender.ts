// The session's outbox: takes commands into the log, hands messages to WhatsApp at the session's pace, and settles each by
// WhatsApp's acknowledgement. Its state is the session's memory, so that the next owner goes on where this one stopped.
import type { CommandOf } from '@wagate/messages/commands.ts'
import type { Handling } from '../faults.ts'
import type { Intent, Memory } from '../log/memory.ts'
import type { LogRecord, QueuedMessage } from '../log/records.ts'
import { type Caution, poisonCode } from '../session/caution.ts'
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
  /** Set when owners before this one died in a row: what is handed over is written down first, one at a time. */
  caution?: Pick<Caution, 'isOn' | 'alone' | 'leaveOut'> | undefined
  /** Set in fault tests. */
  handling?: Handling | undefined
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

/** `poison`: engines died over it. */
type Taken = 'taken' | 'poison'

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
  ): Promise<Taken | 'full'> {
    if (!full && waiting.length === 0 && !stopped) return takeAlone(command, refusal)
    const size = bytesOf(command.data)
    if (stopped || waiting.length >= waitingLimit.messages || waitingBytes + size > waitingLimit.bytes) return 'full'
    waitingBytes += size
    const { promise, resolve } = Promise.withResolvers<Taken | 'full'>()
    waiting.push((admitted) => {
      waitingBytes -= size
      resolve(admitted ? takeAlone(command, refusal) : 'full')
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

  async function takeAlone(command: CommandOf<'message.send'>, refusal: () => string | undefined): Promise<Taken> {
    const { caution } = deps
    if (!caution || memory.seenCommands.has(command.id)) return take(command, refusal())
    const taken = await caution.alone(command.id, () => take(command, refusal()))
    if (taken === 'poison') await caution.leaveOut(command)
    return taken
  }

  async function take(command: CommandOf<'message.send'>, refusal: string | undefined): Promise<'taken'> {
    if (memory.seenCommands.has(command.id)) {
      await deps.durable() // the first one may still be on its way into the log
      return 'taken'
    }
    const { messageId, to, content, lane, acceptedAt } = command.data
    if (content.type === 'text') deps.handling?.('taking', content.text.body)
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
    if (!socket || !message || memory.unacknowledged.size >= (deps.caution?.isOn() ? 1 : sendWindow)) return false
    const taken = takeToken(deps.pace, bucket, deps.now().getTime())
    bucket = taken.bucket
    if (taken.waitMs > 0) {
      deps.after(taken.waitMs, () => void pump())
      return false
    }
    return alone(
      message,
      () => handOver(socket, message),
      () => fail(message, poisonCode),
    )
  }

  /** Whether there may be more to send. With caution it is begun before its intent: what kills engines then was surely not sent. */
  async function alone({ commandId }: QueuedMessage, run: () => Promise<boolean>, poisoned: () => void) {
    const outcome = await (deps.caution?.alone(commandId, run) ?? run()).catch((error: unknown) => {
      if (deps.socket()) throw error
      return false // another owner was met
    })
    if (outcome !== 'poison') return outcome
    poisoned()
    return true
  }

  async function handOver(socket: WhatsAppSocket, message: QueuedMessage): Promise<boolean> {
    if (!memory.queue.has(message.commandId)) return true
    const known = deps.socket() === socket ? await isKnown(socket, message.to) : undefined
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
    deps.handling?.('sending', message.content.text.body)
    const jid = message.to.startsWith('+') ? `${message.to.slice(1)}@s.whatsapp.net` : message.to
    const outcome = await socket.send(jid, message.content.text.body, waMessageId).catch(() => 'disconnected' as const)
    if (outcome === 'unsendable') fail(message, 'encryption-failed', waMessageId)
  }

  /** Sends again what the last connection, or the last owner, left open; under the same ids. */
  async function resend(): Promise<void> {
    toResend = new Set(memory.unacknowledged.keys())
    await pump()
  }

  async function resendNext(socket: WhatsAppSocket): Promise<boolean> {
    const [waMessageId = ''] = toResend
    const intent = memory.unacknowledged.get(waMessageId)
    if (!intent) return toResend.delete(waMessageId) // a receipt came meanwhile
    if (deps.caution?.isOn() && memory.unacknowledged.size > toResend.size) return false // one at a time
    const again = async (): Promise<boolean> => {
      if (deps.socket() !== socket) return false
      toResend.delete(waMessageId)
      if (!memory.unacknowledged.has(waMessageId)) return true
      if (isTooOld(intent)) giveUpOn(waMessageId)
      else await transmit(socket, intent.message, waMessageId)
      return true
    }
    return alone(intent.message, again, () => giveUpOn(waMessageId))
  }

  /** It may have been sent, and is not sent again: receipts may still tell. */
  function giveUpOn(waMessageId: string): void {
    toResend.delete(waMessageId)
    deps.append([{ kind: 'UNCONFIRMED', waMessageId, at: at() }])
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
      for (const waMessageId of [...memory.unacknowledged.keys()]) giveUpOn(waMessageId)
    },

    /** When the oldest unacknowledged message was handed to WhatsApp, in ms since 1970. */
    oldestUnacknowledgedMs(): number | undefined {
      const oldest = memory.unacknowledged.values().next().value
      return oldest && Date.parse(oldest.at)
    },
  }
}
