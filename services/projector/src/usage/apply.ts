import { usageDay } from '@wagate/db/usage-day.ts'
import { upsert } from '../recordset.ts'
import { figures, type Usage, type UsageRow } from './project.ts'

const key = ['tenant_id', 'day', 'session_id', 'message_type'] as const

/** Adds to rows of `usage_day`: `usageRows`. An addition that the row has already, by its position in EVENTS, changes nothing. */
export const writeUsage = (parameter: number): string =>
  upsert(usageDay, key, parameter, {
    ...Object.fromEntries(figures.map((figure) => [figure, `v.${figure} + excluded.${figure}`])),
    first_sequence: 'least(v.first_sequence, excluded.first_sequence)',
  })

export const usageRows = (usage: Usage): UsageRow[] => [...usage.values()]
