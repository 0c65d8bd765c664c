// WhatsApp in a simulation: one socket per account, stanzas that come again until they are receipted, and a recipient's phone
// that shows each message id once and cannot decrypt under a ratchet state that was used before.
import type { Machine } from './machine.ts'
import type { Random } from './random.ts'
import type { Time } from './time.ts'

/** From us. `counter` is the ratchet's position that encrypted it. */
export type Frame =
  | { kind: 'message'; id: string; chat: string; text: string; counter: number }
  /** We have it: WhatsApp forgets the stanza. */
  | { kind: 'receipt'; stanza: string }
  | { kind: 'query'; phone: string; answer: (exists: boolean) => void }

export type Stanza =
  | { kind: 'message'; id: string; from: string; text: string }
  | { kind: 'receipt'; id: string; of: string; from: string; type: 'delivered' | 'read' }
  | { kind: 'ack'; of: string; error?: string }

export type Wire = { send: (frame: Frame) => void; close: () => void }
export type WireEvents = { open: () => void; stanza: (stanza: Stanza) => void; closed: (code: number) => void }

type Connection = {
  machine: Machine
  events: WireEvents
  gone: boolean
  /** Something of it was lost on the way, and so is everything after it: TCP has no holes. */
  broken: boolean
  sentUntilMs: number
  toldUntilMs: number
}

export type Shown = { id: string; chat: string; text: string }

export type WhatsApp = {
  connect: (machine: Machine, events: WireEvents) => Wire
  /** Somebody writes to the account. */
  write: (from: string, text: string) => void
  /** WhatsApp closes the account's socket with that code. */
  closeWith: (code: number) => void
  /** Told of each frame as it leaves a machine, whether or not it arrives. */
  onFrame: (listen: (frame: Frame, machine: Machine) => void) => void
  /** Every message in the order in which the recipients' phones showed it. */
  shown: readonly Shown[]
  /** Messages that a phone could not decrypt. */
  undecryptable: readonly string[]
  written: () => number
  unreceipted: () => number
  logins: () => number
}

/** Numbers that end with it are not on WhatsApp. */
export const notOnWhatsApp = '0'

export function createWhatsApp(time: Time, random: Random): WhatsApp {
  const shown: Shown[] = []
  const undecryptable: string[] = []
  const known = new Set<string>()
  const refusals = new Set<string>()
  const counters = new Map<string, string>()
  const pending = new Map<string, Stanza>()
  const listeners: ((frame: Frame, machine: Machine) => void)[] = []
  let current: Connection | undefined
  let written = 0
  let receipts = 0
  let logins = 0

  const delayMs = (): number => random.between(2, 40)

  /** A connection that is cut while something is on its way is lost; the machine notices later. */
  function carries(connection: Connection): boolean {
    if (connection.broken) return false
    if (connection.machine.reaches('whatsapp')) return true
    connection.broken = true
    end(connection, 408, random.between(1_000, 20_000))
    return false
  }

  function tell(connection: Connection, stanza: Stanza): void {
    const atMs = Math.max(time.nowMs() + delayMs(), connection.toldUntilMs)
    connection.toldUntilMs = atMs
    time.after(atMs - time.nowMs(), () => {
      if (!carries(connection)) return
      connection.machine.run(() => connection.gone || connection.events.stanza(stanza))
    })
  }

  /** The machine learns of it unless it closed the socket itself. */
  function end(connection: Connection, code: number, afterMs = delayMs()): void {
    if (current === connection) current = undefined
    time.after(afterMs, () =>
      connection.machine.run(() => {
        if (connection.gone) return
        connection.gone = true
        connection.events.closed(code)
      }),
    )
  }

  function logIn(connection: Connection): void {
    if (connection.gone) return
    if (!connection.machine.alive || !connection.machine.reaches('whatsapp')) {
      end(connection, 408, 5_000)
      return
    }
    if (current) end(current, 440)
    current = connection
    logins += 1
    connection.machine.run(() => connection.gone || connection.events.open())
    for (const stanza of pending.values()) tell(connection, stanza)
  }

  function push(stanza: Extract<Stanza, { id: string }>): void {
    pending.set(stanza.id, stanza)
    if (!current) return
    tell(current, stanza)
    if (random.chance(0.05)) tell(current, stanza)
  }

  function receive(connection: Connection, frame: Frame): void {
    if (frame.kind === 'receipt') pending.delete(frame.stanza)
    else if (frame.kind === 'query') time.after(delayMs(), () => frame.answer(!frame.phone.endsWith(notOnWhatsApp)))
    else show(connection, frame)
  }

  function show(connection: Connection, { id, chat, text, counter }: Extract<Frame, { kind: 'message' }>): void {
    const refused = refusals.has(id) || (!known.has(id) && random.chance(0.02))
    if (refused) refusals.add(id)
    tell(connection, { kind: 'ack', of: id, ...(refused ? { error: '479' } : {}) })
    if (refused) return
    const used = counters.get(`${chat} ${counter}`)
    if (used !== undefined && used !== id) undecryptable.push(id)
    counters.set(`${chat} ${counter}`, id)
    if (known.has(id)) return
    known.add(id)
    shown.push({ id, chat, text })
    for (const type of ['delivered', 'read'] as const) {
      if (!random.chance(0.5)) continue
      receipts += 1
      const stanza = `R${receipts}`
      time.afterQuietly(random.between(10, 3_000), () =>
        push({ kind: 'receipt', id: stanza, of: id, from: chat, type }),
      )
    }
  }

  function send(connection: Connection, frame: Frame): void {
    if (connection.gone || !connection.machine.acts()) return
    for (const listen of listeners) listen(frame, connection.machine)
    const atMs = Math.max(time.nowMs() + delayMs(), connection.sentUntilMs)
    connection.sentUntilMs = atMs
    time.afterQuietly(atMs - time.nowMs(), () => {
      if (carries(connection) && current === connection) receive(connection, frame)
    })
  }

  return {
    connect: (machine, events) => {
      const connection = { machine, events, gone: false, broken: false, sentUntilMs: 0, toldUntilMs: 0 }
      machine.onDeath(() => {
        connection.gone = true
        if (current === connection) current = undefined
      })
      time.after(random.between(20, 500), () => logIn(connection))
      return {
        send: (frame) => send(connection, frame),
        close: () => {
          connection.gone = true
          // Frames that have left are on their way; WhatsApp hears of the end after them.
          const atMs = Math.max(time.nowMs() + delayMs(), connection.sentUntilMs)
          time.afterQuietly(atMs - time.nowMs(), () => {
            if (current === connection) current = undefined
          })
        },
      }
    },
    write: (from, text) => {
      written += 1
      push({ kind: 'message', id: `IN${written}`, from, text })
    },
    closeWith: (code) => {
      if (current) end(current, code)
    },
    onFrame: (listen) => void listeners.push(listen),
    shown,
    undecryptable,
    written: () => written,
    unreceipted: () => pending.size,
    logins: () => logins,
  }
}
