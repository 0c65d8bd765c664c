// Messages by hour as tests compare them, and a count of them that shares no code with the projection.
import type { Event } from '@wagate/messages/events.ts'
import { timeOfId } from '@wagate/messages/ids.ts'
import type { Sql } from 'postgres'
import type { HourRow } from '../message-hour/project.ts'
import { messageFigures } from '../usage/project.ts'

type ByHour = Record<string, Record<string, number>>

const add = (counts: ByHour, key: string, figure: string, count: number): void => {
  const ofHour = counts[key] ?? {}
  counts[key] = ofHour
  ofHour[figure] = (ofHour[figure] ?? 0) + count
}

/** `<tenant> <session> <mode> <hour>` → figure → how many; nothing is left out but zeros. */
export function hoursOf(rows: readonly HourRow[]): ByHour {
  const counts: ByHour = {}
  for (const row of rows)
    for (const figure of messageFigures)
      if (row[figure] > 0)
        add(
          counts,
          `${row.tenant_id} ${row.session_id} ${row.mode} ${new Date(row.hour).toISOString().slice(0, 13)}`,
          figure === 'sent_by_phone' ? 'echoed' : figure,
          row[figure],
        )
  return counts
}

/** By looking at each event that a session told for the first time. */
export function countByHourDirectly(events: readonly Event[]): ByHour {
  const seen = new Set<string>()
  const modes = new Map<string, string>()
  const counts: ByHour = {}
  for (const { id, type, tenantId, sessionId, data } of events) {
    if (type === 'session.created') modes.set(sessionId, String((data as { mode: string }).mode))
    const messageId = (data as { messageId?: string }).messageId
    if (!type.startsWith('message.') || messageId === undefined || seen.has(id)) continue
    seen.add(id)
    const hour = new Date(timeOfId(messageId)).toISOString().slice(0, 13)
    add(counts, `${tenantId} ${sessionId} ${modes.get(sessionId)} ${hour}`, type.slice('message.'.length), 1)
  }
  return counts
}

export async function readHours(sql: Sql): Promise<HourRow[]> {
  const found = await sql<{ row: HourRow }[]>`
    select to_json(v) as row from message_hour v order by tenant_id, hour, session_id`
  return [...found].map(({ row }) => row)
}
