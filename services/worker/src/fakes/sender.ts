// The sender of a session, on a log that stores at once and with a socket that notes what it was handed.
import type { CommandOf } from '@wagate/messages/commands.ts'
import { apply, emptyMemory, type LoggedEvent } from '../log/memory.ts'
import type { LogRecord } from '../log/records.ts'
import { type Pace, sandboxPace } from '../message/pacing.ts'
import { createSender } from '../message/sender.ts'
import type { WhatsAppSocket } from '../session/socket.ts'

export const start = Date.parse('2026-01-01T00:00:00.000Z')

/** A sender on a log that stores at once, with a socket that notes what it was handed. */
export function setUp(
  options: { pace?: Pace; onWhatsApp?: (phone: string) => boolean | undefined; durable?: () => Promise<void> } = {},
) {
  const memory = emptyMemory('ten_A', 'ses_01ARZ3NDEKTSV4RRFFQ69G5FAV')
  const handed: { jid: string; text: string; id: string }[] = []
  const events: LoggedEvent[] = []
  const timers: { ms: number; run: () => void }[] = []
  const fullness: boolean[] = []
  let nowMs = start
  let connected = true
  let answer: 'handed-over' | 'unsendable' | 'lost' = 'handed-over'
  const socket: WhatsAppSocket = {
    send: async (jid, text, id) => {
      if (answer === 'lost') throw new Error('Connection Closed')
      if (answer === 'handed-over') handed.push({ jid, text, id })
      return answer
    },
    isOnWhatsApp: async (phone) => options.onWhatsApp?.(phone) ?? true,
    requestPairingCode: async () => ({ refused: undefined }),
    logout: async () => {},
    checkRestrictions: () => {},
    close: () => {},
  }
  const sender = createSender({
    memory,
    append: (records: LogRecord[]) => {
      events.push(...records.flatMap((record) => apply(memory, record)))
      return 0
    },
    durable: options.durable ?? (async () => {}),
    socket: () => (connected ? socket : undefined),
    pace: options.pace ?? sandboxPace,
    now: () => new Date(nowMs),
    after: (ms, run) => timers.push({ ms, run }),
    turn: async () => {},
    onFull: (full) => fullness.push(full),
  })
  return {
    memory,
    handed,
    events,
    timers,
    fullness,
    sender,
    advance: (ms: number) => {
      nowMs += ms
    },
    connect: (is: boolean) => {
      connected = is
    },
    answerWith: (next: typeof answer) => {
      answer = next
    },
    types: () => events.map(({ type }) => type),
    /** Messages 1 and 2 are in doubt afterwards. */
    async loseTwo(): Promise<void> {
      answer = 'lost'
      for (const n of [1, 2]) await sender.accept(command(n), open)
      await settled()
      answer = 'handed-over'
    },
  }
}

export const command = (n: number, to = '+999100'): CommandOf<'message.send'> => ({
  id: `cmd_${n}`,
  type: 'message.send',
  source: 'gateway',
  time: '2026-01-01T00:00:00.000Z',
  tenantId: 'ten_A',
  sessionId: 'ses_A',
  data: {
    messageId: `msg_${String(n).padStart(26, '0')}`,
    to,
    content: { type: 'text', text: { body: `text ${n}` } },
    lane: 'normal',
    acceptedAt: '2026-01-01T00:00:00.000Z',
  },
})

/** The session takes messages. */
export const open = () => undefined
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
