// What is stored of a tenant's days → the figures that the API shows. Pure.
import type { DayUsage, Usage, UsageFigures } from '@wagate/api/usage.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import type { CallCounts } from './calls.ts'
import { type DayRange, daysOf } from './range.ts'
import type { MessageCounts, StoredUsage } from './store.ts'

/** A day of which nothing is stored had no usage. */
export function presentUsage(range: DayRange, mode: Mode, stored: StoredUsage): Usage {
  const messages = Map.groupBy(stored.messages, ({ day }) => day)
  const sessions = new Map(stored.sessions.map(({ day, most }) => [day, most]))
  const calls = new Map(stored.calls.map((row) => [row.day, row]))
  const days = daysOf(range).map(
    (date): DayUsage => ({
      date,
      ...figuresOf(messages.get(date) ?? [], sessions.get(date) ?? 0, [calls.get(date) ?? noCalls]),
    }),
  )
  const mostSessions = Math.max(...days.map((day) => day.sessions))
  return { ...range, mode, total: figuresOf(stored.messages, mostSessions, stored.calls), days }
}

const noCalls: CallCounts = { succeeded: 0, refused: 0, rateLimited: 0, failed: 0 }

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0)

function figuresOf(rows: MessageCounts[], sessions: number, calls: readonly CallCounts[]): UsageFigures {
  const [succeeded, refused] = [sum(calls, (one) => one.succeeded), sum(calls, (one) => one.refused)]
  const [limited, failed] = [sum(calls, (one) => one.rateLimited), sum(calls, (one) => one.failed)]
  return {
    sessions,
    messages: {
      sent: sum(rows, (row) => row.sent),
      sent_by_phone: sum(rows, (row) => row.sentByPhone),
      received: sum(rows, (row) => row.received),
      delivered: sum(rows, (row) => row.delivered),
      read: sum(rows, (row) => row.read),
      played: sum(rows, (row) => row.played),
      failed: sum(rows, (row) => row.failed),
      unconfirmed: sum(rows, (row) => row.unconfirmed),
      cancelled: sum(rows, (row) => row.cancelled),
      expired: sum(rows, (row) => row.expired),
      by_type: byType(rows),
    },
    media_bytes: {
      sent: sum(rows, (row) => row.mediaBytesSent),
      received: sum(rows, (row) => row.mediaBytesReceived),
    },
    api_calls: {
      total: succeeded + refused + limited + failed,
      succeeded,
      refused,
      rate_limited: limited,
      failed,
    },
  }
}

function byType(rows: MessageCounts[]): UsageFigures['messages']['by_type'] {
  const typed = rows.filter((row) => row.type !== '' && row.sent + row.sentByPhone + row.received > 0)
  return Object.fromEntries(
    [...Map.groupBy(typed, ({ type }) => type)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, of]) => [
        type,
        {
          sent: sum(of, (row) => row.sent),
          sent_by_phone: sum(of, (row) => row.sentByPhone),
          received: sum(of, (row) => row.received),
        },
      ]),
  )
}
