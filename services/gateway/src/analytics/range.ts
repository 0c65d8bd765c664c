// Which hours or days a request means. Pure.
import { type AnalyticsInterval, type AnalyticsQuery, maxAnalyticsDays, maxHourlyDays } from '@wagate/api/analytics.ts'
import { invalid } from '../http/problem.ts'

/** Beginnings in UTC; `untilMs` is the end of the last interval. */
export type Range = { interval: AnalyticsInterval; fromMs: number; untilMs: number }

const hourMs = 3_600_000
const dayMs = 24 * hourMs
export const lengthMs = { hour: hourMs, day: dayMs } as const
const usual = { hour: 24, day: 30 } as const
const most = { hour: maxHourlyDays * 24, day: maxAnalyticsDays } as const

/** Throws `invalid-request`. */
export function rangeOf({ from, to, interval = 'hour' }: AnalyticsQuery, now: Date): Range {
  const length = lengthMs[interval]
  const untilMs = Math.ceil((to === undefined ? now.getTime() : Date.parse(to)) / length) * length
  const fromMs =
    from === undefined ? untilMs - usual[interval] * length : Math.floor(Date.parse(from) / length) * length
  const count = (untilMs - fromMs) / length
  const words = interval === 'hour' ? `${maxHourlyDays} days by hour` : `${maxAnalyticsDays} days`
  if (count < 1) throw invalid('from', 'Write a time before `to`, or name a later one in `to`.')
  if (count > most[interval]) throw invalid('from', `Ask for at most ${words} at once.`)
  if (fromMs < Math.floor(now.getTime() / dayMs) * dayMs - maxAnalyticsDays * dayMs)
    throw invalid('from', `Figures by hour are kept for ${maxAnalyticsDays} days; for older days ask for the usage.`)
  return { interval, fromMs, untilMs }
}

export const startsOf = ({ interval, fromMs, untilMs }: Range): number[] =>
  Array.from({ length: (untilMs - fromMs) / lengthMs[interval] }, (_, n) => fromMs + n * lengthMs[interval])
