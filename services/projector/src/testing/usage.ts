// Usage as tests compare it: by tenant, mode and day, and figures in words of the events.
import type { Sql } from 'postgres'
import { figures, type UsageRow } from '../usage/project.ts'

const words: Partial<Record<(typeof figures)[number], string>> = { sent_by_phone: 'echoed' }

/** `<tenant> <mode> <day>` → figure → how many; nothing is left out but zeros. */
export function figuresByDay(rows: readonly UsageRow[]): Record<string, Record<string, number>> {
  const days: Record<string, Record<string, number>> = {}
  for (const row of rows) {
    const key = `${row.tenant_id} ${row.mode} ${row.day}`
    for (const figure of figures) {
      if (row[figure] === 0) continue
      const ofDay = days[key] ?? {}
      days[key] = ofDay
      const word = words[figure] ?? figure
      for (const name of row.message_type === '' ? [word] : [word, `${word} ${row.message_type}`])
        ofDay[name] = (ofDay[name] ?? 0) + row[figure]
    }
  }
  return days
}

export async function readUsage(sql: Sql): Promise<UsageRow[]> {
  const found = await sql<{ row: UsageRow }[]>`
    select to_json(v) as row from usage_day v order by tenant_id, day, session_id, message_type`
  return [...found].map(({ row }) => row)
}
