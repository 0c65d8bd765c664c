// What the overview shows: the last day by hour, or weeks by day.
export const periods = {
  day: { interval: 'hour', hours: 24 },
  week: { interval: 'day', hours: 7 * 24 },
  month: { interval: 'day', hours: 30 * 24 },
  quarter: { interval: 'day', hours: 91 * 24 },
} as const
export type Period = keyof typeof periods

export const isPeriod = (text: string): text is Period => text in periods
