import { serviceDay } from '@wagate/db/service-day.ts'
import { upsert } from '../recordset.ts'
import { type ServiceDays, type ServiceRow, serviceFigures } from './days.ts'

const key = ['tenant_id', 'day', 'session_id'] as const

/** Adds to rows of `service_day`: `serviceRows`. An addition that the row has already, by its position in EVENTS, changes nothing. */
export const writeService = (parameter: number): string =>
  upsert(serviceDay, key, parameter, {
    ...Object.fromEntries(serviceFigures.map((figure) => [figure, `v.${figure} + excluded.${figure}`])),
    first_sequence: 'least(v.first_sequence, excluded.first_sequence)',
  })

export const serviceRows = (days: ServiceDays): ServiceRow[] => [...days.values()]
