// Which days a request means. Pure.
import { maxUsageDays, type UsageQuery } from '@wagate/api/usage.ts'
import { invalid } from '../http/problem.ts'

/** Days in UTC, `2026-11-20`, both included. */
export type DayRange = { from: string; to: string }

const dayMs = 24 * 3_600_000

export const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

/** Throws `invalid-request`. */
export function rangeOf(query: UsageQuery, now: Date): DayRange {
  const to = query.to ?? dayOf(now)
  const from = query.from ?? `${to.slice(0, 7)}-01`
  const days = countDays({ from, to })
  if (days < 1)
    throw invalid('from', `Write a day that is not after the last one (${to}), or name a later one in \`to\`.`)
  if (days > maxUsageDays)
    throw invalid('from', `Ask for at most ${maxUsageDays} days at once; ${from} to ${to} are ${days}.`)
  return { from, to }
}

const countDays = ({ from, to }: DayRange): number => (Date.parse(to) - Date.parse(from)) / dayMs + 1

export const daysOf = (range: DayRange): string[] =>
  Array.from({ length: countDays(range) }, (_, n) => dayOf(new Date(Date.parse(range.from) + n * dayMs)))
