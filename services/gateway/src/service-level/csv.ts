// Service levels as a table: a line per day. Columns keep their place; new ones come at the end.
import type { DayServiceLevels, ServiceLevels } from '@wagate/api/service-level.ts'
import { type Cell, csvOf } from '../http/csv.ts'

type Column = [name: string, of: (day: DayServiceLevels, levels: ServiceLevels) => Cell | null]

const columns: Column[] = [
  ['date', ({ date }) => date],
  ['mode', (_, { mode }) => mode],
  ['uptime_percent', ({ uptime }) => uptime.percent],
  ['connected_seconds', ({ uptime }) => uptime.connected_seconds],
  ['disconnected_seconds', ({ uptime }) => uptime.disconnected_seconds],
  ['excused_seconds', ({ uptime }) => uptime.excused_seconds],
  ['links_tried', ({ links }) => links.tried],
  ['links_made', ({ links }) => links.made],
  ['link_average_seconds', ({ links }) => links.average_seconds],
  ['migrations_tried', ({ migrations }) => migrations.tried],
  ['migrations_made', ({ migrations }) => migrations.made],
  ['migrations_in_time', ({ migrations }) => migrations.in_time],
  ['sent', ({ delivery }) => delivery.sent],
  ['delivered', ({ delivery }) => delivery.delivered],
  ['failed', ({ delivery }) => delivery.failed],
]

/** What cannot be told is an empty cell. */
export const serviceLevelsCsv = (levels: ServiceLevels): string =>
  csvOf([columns.map(([name]) => name), ...levels.days.map((day) => columns.map(([, of]) => of(day, levels) ?? ''))])
