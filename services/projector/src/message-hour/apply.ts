import { messageHour } from '@wagate/db/message-hour.ts'
import { upsert } from '../recordset.ts'
import { messageFigures } from '../usage/project.ts'
import type { HourRow, Hours } from './project.ts'

const key = ['tenant_id', 'hour', 'session_id'] as const

/** Adds to rows of `message_hour`: `hourRows`. An addition that the row has already, by its position in EVENTS, changes nothing. */
export const writeHours = (parameter: number): string =>
  upsert(messageHour, key, parameter, {
    ...Object.fromEntries(messageFigures.map((figure) => [figure, `v.${figure} + excluded.${figure}`])),
    first_sequence: 'least(v.first_sequence, excluded.first_sequence)',
  })

export const hourRows = (hours: Hours): HourRow[] => [...hours.values()]
