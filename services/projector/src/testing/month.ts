// A month of events of several tenants, made from a seed: all kinds of messages, both modes, and events that a session published twice.
// Beside it a count of them that shares no code with the projection.
import type { Event } from '@wagate/messages/events.ts'
import { createStory, messageIdAt, type Story } from './events.ts'

const dayMs = 86_400_000
const firstMs = Date.UTC(2026, 9, 20)
const lastMs = firstMs + 31 * dayMs

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export type MonthOptions = { seed: number; tenants: number; sessionsPerTenant: number; messagesPerSession: number }

/** The events in the order in which EVENTS gets them: those of a session in theirs, and now and then one of them once more. */
export function monthOfEvents({ seed, tenants, sessionsPerTenant, messagesPerSession }: MonthOptions): Event[] {
  const random = randomOf(seed)
  const told: Event[][] = []
  for (let tenant = 0; tenant < tenants; tenant++)
    for (let session = 0; session < sessionsPerTenant; session++)
      told.push(sessionOf(random, `ten_${tenant}`, `${tenant}x${session}`, messagesPerSession))
  const merged = told.flat().sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.sequence - b.sequence))
  return merged.flatMap((event, at) => {
    if (random() >= 0.04) return [event]
    const before = merged.slice(Math.max(0, at - 200), at + 1).filter((one) => one.sessionId === event.sessionId)
    return [event, before[Math.floor(random() * before.length)] ?? event]
  })
}

/** A session from its creation on, somewhere in the month. */
function sessionOf(random: () => number, tenantId: string, name: string, messages: number): Event[] {
  let nowMs = firstMs + random() * dayMs
  const story = createStory(name, tenantId, () => new Date(nowMs).toISOString())
  const party = { phone: '+999100200300' }
  const step = (lastMs - nowMs) / (messages + 4)
  const pass = () => {
    nowMs += random() * 2 * step
  }
  const events = [story.created(random() < 0.5 ? 'test' : 'live'), story.connected(party)]
  for (let n = 0; n < messages && nowMs < lastMs; n++) {
    pass()
    const id = messageIdAt(nowMs, `${n}${name}`)
    events.push(...messageOf(story, random, id, pass))
  }
  return [...events, ...(random() < 0.3 ? [story.closed(), story.deleted()] : [])]
}

function messageOf(story: Story, random: () => number, id: string, pass: () => void): Event[] {
  const phone = { phone: `+99910${Math.floor(random() * 20)}0000` }
  const kind = Math.floor(random() * 12)
  if (kind === 0) return [story.failed(id, phone)]
  if (kind === 1) return [story.cancelled(id, phone)]
  if (kind === 2) return [story.expired(id, phone)]
  if (kind === 3) return [story.echoed(id, phone), story.deliveredToPhone(`wa_${id}`, phone)]
  if (kind === 4) return [story.receivedUnsupported(id, phone)]
  if (kind < 8) return [story.received(id, phone)]
  const sent = [...(kind === 8 ? [story.unconfirmed(id, phone)] : []), story.sent(id, phone)]
  const receipts = [story.delivered, story.read, story.played].slice(0, Math.floor(random() * 4))
  return [
    ...sent,
    ...receipts.map((receipt) => {
      if (random() < 0.2) pass() // read some hours later, or on another day
      return receipt(id, phone)
    }),
  ]
}

/** `<tenant> <mode> <day>` → figure → how many, by looking at each event that a session told for the first time. */
export function countDirectly(events: readonly Event[]): Record<string, Record<string, number>> {
  const seen = new Set<string>()
  const modes = new Map<string, string>()
  const counts: Record<string, Record<string, number>> = {}
  for (const event of events) {
    const data: Record<string, unknown> = event.data
    if (event.type === 'session.created') modes.set(event.sessionId, String(data.mode))
    const [entity, what] = event.type.split('.')
    if (entity !== 'message' || data.messageId === undefined || seen.has(event.id)) continue
    seen.add(event.id)
    const day = new Date(event.time).toISOString().split('T')[0]
    const key = `${event.tenantId} ${modes.get(event.sessionId)} ${day}`
    const type = (data.content as { type: string } | undefined)?.type
    const ofDay = counts[key] ?? {}
    counts[key] = ofDay
    for (const figure of type === undefined ? [`${what}`] : [`${what}`, `${what} ${type}`])
      ofDay[figure] = (ofDay[figure] ?? 0) + 1
  }
  return counts
}
