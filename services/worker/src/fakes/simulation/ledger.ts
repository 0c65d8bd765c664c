// Everything that a simulated session did, as the world saw it, and what must be true of that. Violations are collected, not
// thrown: the code under test would catch them.
import type { Command } from '@wagate/messages/commands.ts'
import { openBatch, unpack } from '../../log/codec.ts'
import { apply, emptyMemory, type LoggedEvent } from '../../log/memory.ts'
import type { LogRecord } from '../../log/records.ts'
import type { LogCipher } from '../../log/sealed.ts'
import { outboxLimit } from '../../message/outbox.ts'
import { waMessageIdFor } from '../../message/wa-id.ts'
import type { Machine } from './machine.ts'
import type { Stored } from './store.ts'
import type { Frame, Shown, WhatsApp } from './whatsapp.ts'

export type Ledger = ReturnType<typeof createLedger>

type Accepted = { id: string; chat: string; lane: string; text: string; messageId: string }

const dropped = ['message.cancelled', 'message.expired']
const terminal = new Set(['message.sent', 'message.failed', 'message.unconfirmed', ...dropped])

/** `tell` is told what happens, for whoever wants to read a run. */
export function createLedger(cipher: LogCipher, whatsApp: WhatsApp, tell: (line: string) => void) {
  const violations: string[] = []
  const accepted = new Map<string, Accepted>()
  /** Commands for which order is not promised: two owners were handed them. */
  const strays = new Set<string>()
  /** What the log says, kept as the owner's memory would be. */
  const memory = emptyMemory(cipher.tenantId, cipher.sessionId)
  const logged: LoggedEvent[] = []
  const published = new Map<string, string>()
  const owner = { epoch: 0, term: '', position: 0 }
  const counters = new Map<string, number>()
  const intents = new Set<string>()

  const violated = (what: string): void => {
    tell(`VIOLATION ${what}`)
    violations.push(what)
  }

  function onLogStored({ data, msgId }: Stored): void {
    const { epoch, position, batch } = openBatch(cipher, data)
    const term = msgId?.split(':').at(-1) ?? ''
    tell(`stored ${position} of epoch ${epoch}: ${batch.records.map(brief).join(', ')}`)
    const first = batch.records[0]
    if (first?.kind === 'CLAIM') {
      if (epoch <= owner.epoch) violated(`epoch ${epoch} was claimed after ${owner.epoch}`)
      owner.epoch = epoch
      owner.term = term
    } else if (epoch !== owner.epoch || term !== owner.term) {
      violated(`an append of epoch ${epoch} was stored after the CLAIM of epoch ${owner.epoch}`)
    }
    if (position !== owner.position + 1) violated(`position ${position} follows ${owner.position}`)
    owner.position = position
    for (const record of batch.records) note(record)
  }

  function note(record: LogRecord): void {
    if (record.kind === 'INTENT') intents.add(record.waMessageId)
    if (record.kind === 'INTENT' || record.kind === 'EXPIRED') noteInTime(record)
    if (record.kind === 'KEYS') {
      for (const [chat, counter] of Object.entries(record.mutations.session ?? {})) {
        counters.set(chat, counter ? Number(unpack(counter)) : 0)
      }
    }
    logged.push(...apply(memory, record))
    if (memory.queue.size > outboxLimit.messages) violated(`the outbox holds ${memory.queue.size} messages`)
  }

  function noteInTime({ kind, commandId, at }: Extract<LogRecord, { kind: 'INTENT' | 'EXPIRED' }>): void {
    const { expiresAt } = memory.queue.get(commandId) ?? {}
    const isPast = expiresAt !== undefined && Date.parse(expiresAt) <= Date.parse(at)
    if (isPast !== (kind === 'EXPIRED')) violated(`${commandId} was ${kind} at ${at} and expires at ${expiresAt}`)
  }

  function onEventStored({ data, msgId }: Stored): void {
    const { time: _, ...event } = JSON.parse(Buffer.from(data).toString())
    const text = JSON.stringify([event.id, event.type, event.sequence, event.data])
    const known = published.get(event.id)
    if (known !== undefined && known !== text) violated(`${event.id} was published with two contents`)
    if (msgId !== event.id) violated(`${event.id} was published under the id ${msgId}`)
    published.set(event.id, text)
    if (!logged.some(({ id }) => id === event.id)) violated(`${event.id} was published before its record was stored`)
  }

  function onFrame(frame: Frame, machine: Machine): void {
    tell(`frame of ${machine.id}: ${JSON.stringify(frame)}`)
    if (frame.kind === 'message') {
      if (!intents.has(frame.id)) violated(`the frame of ${frame.id} left before its INTENT was stored`)
      if ((counters.get(frame.chat) ?? 0) < frame.counter) {
        violated(`the frame of ${frame.id} left before its ratchet was stored`)
      }
    }
    if (frame.kind === 'receipt' && frame.stanza.startsWith('IN') && !memory.inbox.has(frame.stanza)) {
      violated(`${frame.stanza} was receipted before it was stored`)
    }
  }
  whatsApp.onFrame(onFrame)

  return {
    violations,
    memory,
    /** The machine that wrote the last CLAIM. */
    holder: () => owner.term.split('x')[0]?.slice(1),
    published: () => published.size,
    onLogStored,
    onEventStored,
    accept(command: Command): void {
      if (command.type !== 'message.send' || accepted.has(command.id)) return
      const { to, lane, content, messageId } = command.data
      const text = content.type === 'text' ? content.text.body : ''
      accepted.set(command.id, { id: command.id, chat: to.slice(1), lane, text, messageId })
    },
    told: (event: LoggedEvent['type']): number => logged.filter(({ type }) => type === event).length,
    failedWith: (code: string): number =>
      logged.filter((event) => event.type === 'message.failed' && event.data.code === code).length,
    stray: (commandId: string): void => void strays.add(commandId),
    /** Everything that was accepted, written or logged has come to its end. */
    isSettled: (): boolean =>
      memory.queue.size === 0 &&
      memory.unacknowledged.size === 0 &&
      published.size === logged.length &&
      whatsApp.unreceipted() === 0,
    open: (): string =>
      `${memory.queue.size} queued, ${memory.unacknowledged.size} unacknowledged, ` +
      `${logged.length - published.size} unpublished, ${whatsApp.unreceipted()} unreceipted`,
    checkEnd(): void {
      violations.push(
        ...outcomesOf([...accepted.values()], logged),
        ...shownOnce([...accepted.values()], whatsApp, cipher.sessionId),
        ...droppedOf([...accepted.values()], logged, whatsApp.shown),
        ...inOrder(
          [...accepted.values()].filter(({ id }) => !strays.has(id)),
          whatsApp.shown,
          cipher.sessionId,
        ),
        ...eventsOf(logged, published),
        ...inboundOf(logged, whatsApp),
      )
    },
  }
}

const brief = (record: LogRecord): string => {
  if (record.kind === 'QUEUED') return `QUEUED ${record.message.commandId}`
  if (record.kind === 'LIFECYCLE') return record.lifecycle.type
  return 'waMessageId' in record ? `${record.kind} ${record.waMessageId}` : record.kind
}

function outcomesOf(accepted: Accepted[], logged: LoggedEvent[]): string[] {
  const ends = new Map<string, string[]>()
  for (const event of logged) {
    if (!terminal.has(event.type) || !('messageId' in event.data)) continue
    const id = event.data.messageId ?? ''
    ends.set(id, [...(ends.get(id) ?? []), event.type])
  }
  return accepted.flatMap(({ id, messageId }) => {
    const own = ends.get(messageId) ?? []
    return own.length === 1 ? [] : [`${id} ended ${own.length} times: ${own.join(', ') || 'never'}`]
  })
}

function droppedOf(accepted: Accepted[], logged: LoggedEvent[], shown: readonly Shown[]): string[] {
  const gone = new Set(
    logged.flatMap(({ type, data }) => (dropped.includes(type) && 'messageId' in data ? [data.messageId] : [])),
  )
  return accepted
    .filter(({ messageId, text }) => gone.has(messageId) && shown.some((one) => one.text === text))
    .map(({ id }) => `${id} was dropped and shown`)
}

function shownOnce(accepted: Accepted[], { shown, undecryptable }: WhatsApp, sessionId: string): string[] {
  const times = new Map<string, number>()
  for (const { chat, text } of shown) times.set(`${chat} ${text}`, (times.get(`${chat} ${text}`) ?? 0) + 1)
  return [
    ...undecryptable.map((id) => `${id} could not be decrypted`),
    ...accepted.flatMap(({ id, chat, text }) => {
      const count = times.get(`${chat} ${text}`) ?? 0
      return count > 1 ? [`${id} was shown ${count} times`] : []
    }),
    ...shown
      .filter(({ id, text }) => !accepted.some((one) => one.text === text && waMessageIdFor(sessionId, one.id) === id))
      .map(({ id }) => `${id} was shown and is nobody's`),
  ]
}

/** Messages of one chat and lane are shown in the order in which they were accepted. */
function inOrder(accepted: Accepted[], shown: readonly Shown[], sessionId: string): string[] {
  const place = new Map(
    accepted.map(({ id, chat, lane }, index) => [waMessageIdFor(sessionId, id), { index, queue: `${chat} ${lane}` }]),
  )
  const last = new Map<string, number>()
  return shown.flatMap(({ id }) => {
    const own = place.get(id)
    if (!own) return []
    const earlier = last.get(own.queue) ?? -1
    last.set(own.queue, Math.max(earlier, own.index))
    return own.index < earlier ? [`${id} was shown after a later message of its chat`] : []
  })
}

function eventsOf(logged: LoggedEvent[], published: Map<string, string>): string[] {
  const lost = logged
    .filter(({ id }) => !published.has(id))
    .map(({ id, type }) => `${id} (${type}) was never published`)
  const other = logged.filter(({ id, type, sequence, data }) => {
    const text = published.get(id)
    return text !== undefined && text !== JSON.stringify([id, type, sequence, data])
  })
  const gaps = logged.flatMap(({ id, sequence }, index) => (sequence === index + 1 ? [] : [`${id} leaves a gap`]))
  return [...lost, ...other.map(({ id }) => `${id} is not what the log says`), ...gaps]
}

function inboundOf(logged: LoggedEvent[], whatsApp: WhatsApp): string[] {
  const ids = logged.flatMap((event) => (event.type === 'message.received' ? [event.data.waMessageId] : []))
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} was received twice`)
  const missing = whatsApp.written() - new Set(ids).size
  return [...twice, ...(missing > 0 ? [`${missing} inbound messages were lost`] : [])]
}
