// A sender on a log that stores at once, with a socket that notes what it was handed and a clock that a test moves.
import type { CommandOf, Lane } from '@wagate/messages/commands.ts'
import { defaultPacing, type Pacing } from '@wagate/messages/pacing.ts'
import { apply, emptyMemory, type LoggedEvent, type Memory } from '../log/memory.ts'
import type { LogRecord } from '../log/records.ts'
import { createSender } from '../message/sender.ts'
import type { WhatsAppSocket } from '../session/socket.ts'

export const start = Date.parse('2026-01-01T00:00:00.000Z')

export function setUp(
  options: {
    /** What an owner before it left. */
    memory?: Memory
    connected?: boolean
    pace?: Pacing
    onWhatsApp?: (phone: string) => boolean | Promise<boolean> | undefined
    durable?: () => Promise<void>
  } = {},
) {
  const memory = options.memory ?? emptyMemory('ten_A', 'ses_01ARZ3NDEKTSV4RRFFQ69G5FAV')
  const handed: { jid: string; text: string; id: string }[] = []
  const events: LoggedEvent[] = []
  const timers: { ms: number; dueMs: number; run: () => void }[] = []
  const fullness: (readonly Lane[])[] = []
  let nowMs = start
  let connected = options.connected ?? true
  let answer: 'handed-over' | 'unsendable' | 'lost' = 'handed-over'
  const socket: WhatsAppSocket = {
    send: async (jid, text, id) => {
      if (answer === 'lost') throw new Error('Connection Closed')
      if (answer === 'handed-over') handed.push({ jid, text, id })
      return answer
    },
    isOnWhatsApp: async (phone) => (await options.onWhatsApp?.(phone)) ?? true,
    requestPairingCode: async () => ({ refused: undefined }),
    logout: async () => {},
    checkRestrictions: () => {},
    markRead: () => {},
    showTyping: () => {},
    watchTyping: () => {},
    appearOffline: () => {},
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
    pace: options.pace ?? defaultPacing.test,
    now: () => new Date(nowMs),
    random: () => 0,
    after: (ms, run) => timers.push({ ms, dueMs: nowMs + ms, run }),
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
    /** Lets the time pass, running each timer when it is due. */
    pass: async (ms: number) => {
      const endMs = nowMs + ms
      for (;;) {
        const [next] = timers.filter(({ dueMs }) => dueMs <= endMs).toSorted((a, b) => a.dueMs - b.dueMs)
        if (!next) break
        timers.splice(timers.indexOf(next), 1)
        nowMs = Math.max(nowMs, next.dueMs)
        next.run()
        await settled()
      }
      nowMs = endMs
    },
    at: (ms: number) => new Date(start + ms).toISOString(),
    connect: (is: boolean) => {
      connected = is
    },
    answerWith: (next: typeof answer) => {
      answer = next
    },
    texts: () => handed.map(({ text }) => text),
    types: () => events.map(({ type }) => type),
    /** WhatsApp acknowledges whatever it is handed, until nothing waits. */
    async acknowledgeAll(): Promise<void> {
      for (let seen = 0; memory.queue.size > 0 || seen < handed.length; ) {
        await settled()
        for (const { id } of handed.slice(seen)) sender.acknowledged(id, undefined)
        seen = handed.length
      }
    },
    /** Messages 1 and 2 are in doubt afterwards. */
    async loseTwo(): Promise<void> {
      answer = 'lost'
      for (const n of [1, 2]) await sender.accept(command(n), open)
      await settled()
      answer = 'handed-over'
    },
  }
}

const idOf = (kind: string, n: number): string => `${kind}_${String(n).padStart(26, '0')}`
export const messageId = (n: number): string => idOf('msg', n)

export const command = (
  n: number,
  to = '+999100',
  more: { lane?: Lane; expiresAt?: string } = {},
): CommandOf<'message.send'> => ({
  id: idOf('cmd', n),
  type: 'message.send',
  source: 'gateway',
  time: '2026-01-01T00:00:00.000Z',
  tenantId: 'ten_A',
  sessionId: 'ses_A',
  data: {
    messageId: messageId(n),
    to,
    content: { type: 'text', text: { body: `text ${n}` } },
    lane: 'normal',
    acceptedAt: '2026-01-01T00:00:00.000Z',
    ...more,
  },
})

/** Somebody wrote to the account. */
export const heard = (phone: string): LogRecord => ({
  kind: 'KEYS',
  mutations: {},
  inbox: [
    {
      hash: phone,
      plaintext: new Uint8Array(),
      message: {
        waMessageId: `IN${phone}`,
        chat: { phone },
        from: { phone },
        fromMe: false,
        content: { type: 'text', text: { body: 'yo' } },
        at: '2026-01-01T00:00:00.000Z',
      },
    },
  ],
})

/** The session takes messages. */
export const open = () => undefined
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
