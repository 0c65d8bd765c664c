// Numbers and times as people write them, in their language and where they are.
import { createContext } from 'svelte'
import type { Language } from './languages.ts'

const minute = 60
const hour = 60 * minute
const day = 24 * hour
const steps = [
  { unit: 'day', seconds: day },
  { unit: 'hour', seconds: hour },
  { unit: 'minute', seconds: minute },
] as const

export type Format = ReturnType<typeof formatter>

/** Digits are 0–9 in Arabic too: phone numbers, ids and times stand side by side. */
export function formatter(language: Language, timeZone: string) {
  const locale = `${language}-u-nu-latn`
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone, ...options })
    return (instant: string | Date) => format.format(new Date(instant))
  }
  const numbers = new Intl.NumberFormat(locale)
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 })
  const bytes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 })
  const unit = (name: 'second' | 'minute' | 'hour' | 'day' | 'millisecond') =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 1 })
  const lengths = [
    { from: day, per: day, format: unit('day') },
    { from: hour, per: hour, format: unit('hour') },
    { from: minute, per: minute, format: unit('minute') },
    { from: 0, per: 1, format: unit('second') },
  ]
  const sizes = (['gigabyte', 'megabyte', 'kilobyte', 'byte'] as const).map((name, n) => ({
    per: 1_000 ** (3 - n),
    format: new Intl.NumberFormat(locale, {
      ...{ style: 'unit', unit: name, maximumFractionDigits: n === 3 ? 0 : 1 },
      ...(n === 3 && { unitDisplay: 'long' }), // the short one is "byte", of many too
    }),
  }))
  const milliseconds = unit('millisecond')
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD', maximumFractionDigits: 0 })
  const gigabytes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'gigabyte', maximumFractionDigits: 1 })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  return {
    number: (value: number) => numbers.format(value),
    compact: (value: number) => compact.format(value),
    /** Of a share from 0 to 1. */
    percent: (share: number) => percents.format(share),
    /** Of 1024³ bytes each, as plans count them. */
    gigabytes: (count: number) => gigabytes.format(count / 1024 ** 3),
    megabytes: (count: number) => bytes.format(count / 1_000_000),
    /** How many bytes, in the largest unit that fits. */
    size: (count: number): string => {
      const size = sizes.find(({ per }) => count >= per) ?? sizes.at(-1)
      return size ? size.format.format(count / size.per) : ''
    },
    milliseconds: (count: number) => milliseconds.format(count),
    /** How long, in the largest unit that fits. */
    seconds: (count: number): string => {
      const length = lengths.find(({ from }) => count >= from)
      return length ? length.format.format(count / length.per) : ''
    },
    /** Of US cents. */
    dollars: (cents: number) => money.format(cents / 100),
    dateTime: dates({ dateStyle: 'medium', timeStyle: 'short' }),
    exact: dates({ dateStyle: 'medium', timeStyle: 'medium' }),
    day: dates({ dateStyle: 'medium' }),
    monthDay: dates({ day: 'numeric', month: 'short' }),
    /** Of dates that are counted in UTC, wherever the person is. */
    utcDay: dates({ dateStyle: 'medium', timeZone: 'UTC' }),
    utcMonthDay: dates({ day: 'numeric', month: 'short', timeZone: 'UTC' }),
    utcMonth: dates({ month: 'long', year: 'numeric', timeZone: 'UTC' }),
    utcMonthYear: dates({ month: 'short', year: 'numeric', timeZone: 'UTC' }),
    time: dates({ timeStyle: 'short' }),
    /** How long before or after `now`; seconds count as now. */
    relative: (instant: string | Date, now: Date): string => {
      const seconds = (new Date(instant).getTime() - now.getTime()) / 1_000
      const step = steps.find((step) => Math.abs(seconds) >= step.seconds)
      return step ? relative.format(Math.trunc(seconds / step.seconds), step.unit) : relative.format(0, 'second')
    },
  }
}

export const [useFormat, provideFormat] = createContext<() => Format>()

export const isTimeZone = (name: string | undefined): name is string => {
  if (name === undefined || name.length > 64) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
