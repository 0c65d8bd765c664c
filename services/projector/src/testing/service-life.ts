// Lives of sessions by chance, and what they amount to, counted minute by minute and sharing no code with the projection.
import type { Event } from '@wagate/messages/events.ts'
import fc from 'fast-check'
import type { ServiceRow } from '../service-level/days.ts'
import { createStory, messageIdAt } from './events.ts'

/** Long enough that a life of some dozen steps has some days, and a count by the minute is quick. */
const minuteMs = 600_000
const startMs = Date.UTC(2026, 9, 30, 20)
const timeOfMinute = (minute: number): string => new Date(startMs + minute * minuteMs).toISOString()

const kinds = [
  ...[
    'qr',
    'code',
    'paired',
    'connected',
    'taken over',
    'proxied',
    'dropped',
    'replaced',
    'held back',
    'banned for a while',
  ],
  ...['logged out', 'lost and logged out', 'closed by a ban', 'message'],
] as const

/** `minutes`: after the step before. `back`: how long before it the gap began that it tells of. */
export const anyStep = fc.record({
  kind: fc.constantFrom(...kinds),
  minutes: fc.oneof(fc.nat(20), fc.nat(250)),
  back: fc.oneof(fc.constant(0), fc.nat(30), fc.nat(400)),
})
export type Step = { kind: string; minutes: number; back: number }

const account = { phone: '+999100200300' }

export function lifeOf(steps: readonly Step[], name = 'one', tenantId = 'ten_a'): Event[] {
  let minute = 0
  const story = createStory(name, tenantId, () => timeOfMinute(minute))
  const events = [story.created('live')]
  for (const { kind, minutes, back } of steps) {
    minute += minutes
    const takeover = { takeover: { since: timeOfMinute(minute - back), cause: 'lost' as const } }
    const told: Record<string, () => Event> = {
      qr: story.qrIssued,
      code: story.codeIssued,
      paired: () => story.paired(account),
      connected: () => story.connected(account),
      'taken over': () => story.connected(account, takeover),
      proxied: () => story.connected(account, { proxyFailedSince: timeOfMinute(minute - back) }),
      dropped: () => story.disconnected(),
      replaced: () => story.disconnected(440),
      'held back': () => story.quarantined('crash_loop', takeover),
      'banned for a while': () => story.quarantined('temporarily_banned'),
      'logged out': () => story.closed(),
      'lost and logged out': () => story.closed('logged_out', takeover),
      'closed by a ban': () => story.closed('banned'),
      message: () => story.received(messageIdAt(Date.parse(timeOfMinute(minute)), 'm'), account),
    }
    const tell = told[kind]
    if (tell) events.push(tell())
  }
  return events
}

type Figures = Record<string, number>
const dayOf = (minute: number): string => timeOfMinute(minute).slice(0, 10)
const minuteOf = (time: string): number => (Date.parse(time) - startMs) / minuteMs

/** `<session> <day>` → figure → how many or how many minutes, from what one session told, each event once. */
export function countLife(events: readonly Event[]): Record<string, Figures> {
  const days: Record<string, Figures> = {}
  const add = (minute: number, figure: string, amount = 1): void => {
    const key = `${events[0]?.sessionId} ${dayOf(minute)}`
    days[key] ??= {}
    const figures = days[key]
    figures[figure] = (figures[figure] ?? 0) + amount
  }
  const labels: string[] = []
  let [state, since] = ['', 0]
  let linkingSince: number | undefined
  for (const { type, data } of events) {
    const now = minuteOf(data.at)
    const next = stateAfter(type, data, state)
    if (next !== undefined) {
      for (let at = since; at < now; at++) labels[at] = state
      relabel(labels, since, now, data)
      ;[state, since] = [next, now]
    }
    if (type === 'session.qr_issued' || type === 'session.code_issued') {
      if (linkingSince === undefined) add(now, 'tried')
      linkingSince ??= now
    } else if (type === 'session.paired' && linkingSince !== undefined) {
      add(linkingSince, 'made')
      add(linkingSince, 'linking', now - linkingSince)
      linkingSince = undefined
    } else if (next !== undefined && type !== 'session.quarantined') linkingSince = undefined
    if (!('takeover' in data) || !data.takeover) continue
    const isBack = type === 'session.connected'
    if (isBack || ('reason' in data && data.reason === 'logged_out')) add(now, 'moved')
    if (isBack) add(now, 'back')
    if (isBack && now === minuteOf(data.takeover.since)) add(now, 'soon') // the next minute is too late
  }
  for (const [at, label] of labels.entries()) if (label) add(at, label)
  return days
}

function stateAfter(type: Event['type'], data: Event['data'], state: string): string | undefined {
  const reason = 'reason' in data ? data.reason : ''
  if (type === 'session.connected') return 'up'
  if (type === 'session.paired') return 'down'
  if (type === 'session.disconnected') return 'code' in data && data.code === 440 ? 'excused' : 'down'
  if (type === 'session.quarantined' && state !== '') return reason === 'temporarily_banned' ? 'excused' : 'down'
  if (['session.qr_issued', 'session.code_issued', 'session.closed', 'session.deleted'].includes(type)) return ''
  return undefined
}

/** What is told only afterwards of the time since the last change. */
function relabel(labels: string[], since: number, now: number, data: Event['data']): void {
  const lost = 'takeover' in data ? data.takeover?.since : undefined
  const proxied = 'proxyFailedSince' in data ? data.proxyFailedSince : undefined
  if (lost) for (let at = Math.max(since, minuteOf(lost)); at < now; at++) if (labels[at] === 'up') labels[at] = 'down'
  if (proxied) for (let at = Math.max(since, minuteOf(proxied)); at < now; at++) if (labels[at]) labels[at] = 'excused'
}

const words = {
  ...{ up_ms: 'up', down_ms: 'down', excused_ms: 'excused', links_tried: 'tried', links_made: 'made' },
  ...{ link_ms: 'linking', migrations: 'moved', migrations_made: 'back', migrations_in_time: 'soon' },
} as const

/** The projection's rows in the same words; nothing is left out but zeros. */
export function lifeInRows(rows: readonly ServiceRow[]): Record<string, Figures> {
  const days: Record<string, Figures> = {}
  for (const row of rows)
    for (const [figure, word] of Object.entries(words)) {
      const amount = row[figure as keyof typeof words]
      if (amount === 0) continue
      const key = `${row.session_id} ${row.day}`
      days[key] ??= {}
      const figures = days[key]
      figures[word] = (figures[word] ?? 0) + (figure.endsWith('_ms') ? amount / minuteMs : amount)
    }
  return days
}

/** Figures of nothing do not show that there was a day. */
export const withoutZeros = (days: Record<string, Figures>): Record<string, Figures> =>
  Object.fromEntries(
    Object.entries(days).flatMap(([key, figures]) => {
      const some = Object.entries(figures).filter(([, amount]) => amount !== 0)
      return some.length > 0 ? [[key, Object.fromEntries(some)]] : []
    }),
  )
