// What is looked for in the audit log, from the address of the page. What makes no sense is left out.
import { type AuditQuery, auditQuery } from '@wagate/api/audit.ts'

export const actions = auditQuery.shape.action.unwrap().options
export type Action = (typeof actions)[number]

export type Filters = Pick<AuditQuery, 'actor' | 'action' | 'since' | 'until'>

const dayMs = 86_400_000

/** The moment a day in UTC begins, so many days later. */
function startOf(day: string | null, days = 0): string | undefined {
  if (day === null || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined
  const at = Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(at) ? undefined : new Date(at + days * dayMs).toISOString()
}

/** `from` and `to` are days, both included. */
export function filtersOf(params: URLSearchParams): Filters {
  const actor = params.get('actor')?.trim().slice(0, 64)
  const action = actions.find((one) => one === params.get('action'))
  const since = startOf(params.get('from'))
  const until = startOf(params.get('to'), 1)
  return { ...(actor && { actor }), ...(action && { action }), ...(since && { since }), ...(until && { until }) }
}
