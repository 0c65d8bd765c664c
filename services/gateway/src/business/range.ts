// Which months a request means. Pure.
import { type BusinessQuery, maxBusinessMonths } from '@wagate/api/business.ts'
import { invalid } from '../http/problem.ts'

/** Months in UTC, `2026-11`, both included. */
export type MonthRange = { from: string; to: string }

const usualMonths = 12

/** `2026-11` and 2 → `2027-01`. */
export const monthAfter = (month: string, months: number): string =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1 + months)).toISOString().slice(0, 7)

export const startOf = (month: string): Date => new Date(`${month}-01T00:00:00.000Z`)

/** Throws `invalid-request`. */
export function monthsOf(query: BusinessQuery, now: Date): MonthRange {
  const to = query.to ?? now.toISOString().slice(0, 7)
  const from = query.from ?? monthAfter(to, 1 - usualMonths)
  if (from > to)
    throw invalid('from', `Write a month that is not after the last one (${to}), or name a later one in \`to\`.`)
  if (monthAfter(from, maxBusinessMonths) <= to)
    throw invalid('from', `Ask for at most ${maxBusinessMonths} months at once.`)
  return { from, to }
}
