// The session's outbox: takes commands into the log, hands messages to WhatsApp at the session's pace, and settles each by
// WhatsApp's acknowledgement. Its state is the session's memory, so that the next owner goes on where this one stopped.
import { AsyncResource } from 'node:async_hooks'
import type { CommandOf, Lane } from '@wagate/messages/commands.ts'
import { idWithKind } from '@wagate/messages/ids.ts'
import type { Pacing } from '@wagate/messages/pacing.ts'
import type { QueueAnswer, QueueQuestion } from '@wagate/messages/questions.ts'
import type { Handling } from '../faults.ts'
import type { Intent, Memory } from '../log/memory.ts'
import type { LogRecord, QueuedMessage } from '../log/records.ts'
import { type Caution, poisonCode } from '../session/caution.ts'
import type { WhatsAppSocket } from '../session/socket.ts'
import { createDeadlines, isPast } from './deadlines.ts'
import { failureOf } from './failures.ts'
import { handToSocket, isOnWhatsApp } from './hand-over.ts'
import { createIntake, type Taken } from './intake.ts'
import { type Choice, chooseNext, noneIsPassed, sendWindow } from './outbox.ts'
import { startThrottle, type Throttle, takeTurn } from './pacing.ts'
import { reportQueue } from './queue-report.ts'
import { isToKnownChat, strangersWaitMs } from './strangers.ts'
import { waMessageIdFor } from './wa-id.ts'
import { createWake } from './wake.ts'

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
  pace: Pacing
  now: () => Date
  random: () => number
  after: (ms: number, run: () => void) => void
  /** Resolves in the next turn of the event loop: encrypting is CPU, and other sessions and acknowledgements wait for it. */
  turn: () => Promise<void>
  /** Which lanes take no more; called when that changes. */
  onFull: (full: readonly Lane[]) => void
}

/** An unacknowledged message older than this is not sent again: it is left to receipts, in state `unknown`. */
const resendWithinMs = 10 * 60_000

/** Messages that a session encrypts in one turn of the event loop: their log records share a write, and others wait no longer. */
const perTurn = 4

/** When WhatsApp did not say whether a number is on it, it is asked again after this. */
const askAgainMs = 5_000

export type Sender = ReturnType<typeof createSender>

export function createSender(deps: SenderDeps) {
  const { memory } = deps
  const { queue } = memory
  const nowMs = (): number => deps.now().getTime()
  const at = (): string => deps.now().toISOString()
  const intake = createIntake({ queue, onFull: deps.onFull })
  let { pace } = deps
  let throttle = startThrottle(pace, nowMs(), memory.chats.wroteAtMs)
  let passed = noneIsPassed
  let pumping = false
  let lookAgain = false
  /** WhatsApp message ids that go out again, in order, before anything new does: a chat stays in order. */
  let toResend = new Set<string>()
  const pumpIn = createWake({ nowMs, after: deps.after, run: () => void pump() })

  /** Writes down what ends the waiting of a message. */
  const end = (message: QueuedMessage, record: LogRecord, options?: { lazy?: boolean }): number =>
    intake.around(message, () => deps.append([record], options))
  const expire = (message: QueuedMessage): void =>
    void end(message, { kind: 'EXPIRED', commandId: message.commandId, at: at() })
  const deadlines = createDeadlines({ queue, nowMs, after: deps.after, expire, stopped: intake.stopped })

  /** Whether it waits no more; it does not once its time is over. */
  function isOver(message: QueuedMessage): boolean {
    if (queue.has(message.commandId) && isPast(message, nowMs())) expire(message)
    return !queue.has(message.commandId)
  }

  async function takeAlone(command: CommandOf<'message.send'>, refusal: () => string | undefined): Promise<Taken> {
    const { caution } = deps
    if (!caution || memory.seenCommands.has(command.id)) return take(command, refusal())
    const taken = await caution.alone(command.id, () => take(command, refusal()))
    if (taken === 'poison') await caution.leaveOut(command)
    return taken
  }

  async function take(command: CommandOf<'message.send'>, refusal: string | undefined): Promise<'taken'> {
    if (memory.seenCommands.has(command.id)) return settled() // the first one may still be on its way into the log
    const { id: commandId, correlationId, data } = command
    if (data.content.type === 'text') deps.handling?.('taking', data.content.text.body)
    const { expiresAt, ...known } = data
    const message = { commandId, ...known, ...(expiresAt && { expiresAt }), ...(correlationId && { correlationId }) }
    const ticket = intake.around(message, () => deps.append([{ kind: 'QUEUED', message, at: at() }]))
    if (!queue.has(commandId)) return settled(ticket) // it was cancelled before it came
    if (isPast(message, nowMs())) expire(message)
    else if (refusal) fail(message, refusal)
    else deadlines.watch(message)
    // Begun before the flush at the end of this turn: on a session at rest, acceptance, intent and ratchet are one write.
    void pump()
    return settled(ticket)
  }

  async function settled(ticket?: number): Promise<'taken'> {
    await deps.durable(ticket)
    return 'taken'
  }

  function fail(message: QueuedMessage, code: string, waMessageId?: string): void {
    const { detail } = failureOf(code)
    const settled = waMessageId ? { waMessageId } : {}
    end(message, { kind: 'FAILED', commandId: message.commandId, ...settled, code, detail, at: at() })
  }

  /**
   * One at a time. A call while it runs makes it look again: it may just have found nothing to do. In an async context of its
   * own: what calls it may be in a transaction of Baileys', which the sending would else become a part of.
   */
  const pump = AsyncResource.bind(pumpHere)

  async function pumpHere(): Promise<void> {
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
    const cautious = deps.caution?.isOn() === true
    if (!socket || queue.size === 0 || memory.unacknowledged.size >= (cautious ? 1 : sendWindow)) return false
    const waitMs = strangersWaitMs(memory, pace, nowMs())
    const next = chooseNext(queue, passed, waitMs > 0 ? (message) => isToKnownChat(memory, message) : undefined)
    if (!next) {
      pumpIn(waitMs)
      return false
    }
    const { message } = next
    if (isOver(message)) return true
    const turn = takeTurn(pace, throttle, nowMs(), deps.random())
    if (turn.waitMs > 0) {
      throttle = turn.throttle
      pumpIn(turn.waitMs)
      return false
    }
    return alone(
      message,
      () => handOver(socket, next, turn.throttle),
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

  /** `spent`: what is left of the pace then. Whatever keeps the message from going takes nothing of it. */
  async function handOver(socket: WhatsAppSocket, next: Choice, spent: Throttle): Promise<boolean> {
    const { message } = next
    const exists = deps.socket() === socket ? await isOnWhatsApp(memory, socket, message.to) : undefined
    if (exists === undefined) pumpIn(askAgainMs)
    if (exists === undefined || deps.socket() !== socket) return false
    if (isOver(message)) return true // it was cancelled, or its time ran out, meanwhile
    passed = next.passed
    throttle = spent
    if (!exists) {
      fail(message, 'recipient-not-on-whatsapp')
      return true
    }
    const waMessageId = waMessageIdFor(memory.sessionId, message.commandId)
    end(message, { kind: 'INTENT', commandId: message.commandId, waMessageId, at: at() }, { lazy: true })
    await transmit(socket, message, waMessageId)
    return true
  }

  async function transmit(socket: WhatsAppSocket, message: QueuedMessage, waMessageId: string): Promise<void> {
    if (message.content.type === 'text') deps.handling?.('sending', message.content.text.body)
    const refused = await handToSocket(socket, message, waMessageId)
    if (refused) fail(message, refused, waMessageId)
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

  const isTooOld = (intent: Intent): boolean => nowMs() - Date.parse(intent.at) > resendWithinMs

  return {
    /**
     * Takes a command into the log, or holds it until there is room. `refusal` is asked when it is taken. `full`: too many
     * wait already, or none is taken any more; come again.
     */
    accept: (command: CommandOf<'message.send'>, refusal: () => string | undefined): Promise<Taken | 'full'> =>
      intake.admit(command, () => takeAlone(command, refusal)),

    /** Resolves when it is certain: a message that still waits, or is still to come, will not be sent. */
    async cancel(messageId: string): Promise<void> {
      const commandId = idWithKind('command', messageId)
      const message = queue.get(commandId)
      if (memory.cancelled.has(commandId) || (!message && memory.seenCommands.has(commandId))) return deps.durable()
      const record = { kind: 'CANCELLED', commandId, at: at() } as const
      await deps.durable(message ? end(message, record) : deps.append([record]))
      void pump()
    },

    stopIntake: intake.stop,
    fullLanes: intake.full,

    report: (question: QueueQuestion): QueueAnswer => {
      const connected = deps.socket() !== undefined
      return reportQueue({ memory, pace, throttle, passed, connected, nowMs: nowMs() }, question)
    },

    setPace(next: Pacing): void {
      pace = next
      void pump()
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
      for (const message of [...queue.values()]) fail(message, code)
      for (const waMessageId of [...memory.unacknowledged.keys()]) giveUpOn(waMessageId)
    },

    /** When the oldest unacknowledged message was handed to WhatsApp, in ms since 1970. */
    oldestUnacknowledgedMs(): number | undefined {
      const oldest = memory.unacknowledged.values().next().value
      return oldest && Date.parse(oldest.at)
    },
  }
}
