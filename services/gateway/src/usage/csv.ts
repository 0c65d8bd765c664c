// Usage as a table: a line per day. Columns keep their place; new ones come at the end.
import { message } from '@wagate/api/message.ts'
import type { DayUsage, Usage } from '@wagate/api/usage.ts'
import { type Cell, csvOf } from '../http/csv.ts'

type Column = { name: string; of: (day: DayUsage, usage: Usage) => Cell }

const column = (name: string, of: Column['of']): Column => ({ name, of })

const figures: Column[] = [
  column('date', (day) => day.date),
  column('mode', (_, { mode }) => mode),
  column('sessions', (day) => day.sessions),
  column('sent', (day) => day.messages.sent),
  column('sent_by_phone', (day) => day.messages.sent_by_phone),
  column('received', (day) => day.messages.received),
  column('delivered', (day) => day.messages.delivered),
  column('read', (day) => day.messages.read),
  column('played', (day) => day.messages.played),
  column('failed', (day) => day.messages.failed),
  column('unconfirmed', (day) => day.messages.unconfirmed),
  column('cancelled', (day) => day.messages.cancelled),
  column('expired', (day) => day.messages.expired),
  column('media_bytes_sent', (day) => day.media_bytes.sent),
  column('media_bytes_received', (day) => day.media_bytes.received),
  column('api_calls', (day) => day.api_calls.total),
  column('api_calls_succeeded', (day) => day.api_calls.succeeded),
  column('api_calls_refused', (day) => day.api_calls.refused),
  column('api_calls_rate_limited', (day) => day.api_calls.rate_limited),
  column('api_calls_failed', (day) => day.api_calls.failed),
]

const directions = ['sent', 'sent_by_phone', 'received'] as const

/** Three columns per type of message, in the order in which the types came into the API. */
const types = message.shape.type.options.flatMap((type) =>
  directions.map((direction) => column(`${direction}_${type}`, (day) => day.messages.by_type[type]?.[direction] ?? 0)),
)

const columns = [...figures, ...types]

export const usageCsv = (usage: Usage): string =>
  csvOf([columns.map(({ name }) => name), ...usage.days.map((day) => columns.map(({ of }) => of(day, usage)))])
