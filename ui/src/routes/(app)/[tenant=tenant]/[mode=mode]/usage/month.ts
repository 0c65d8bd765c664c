// The calendar month in UTC, which is what plans count by.

/** `2026-11`; the month of `now` for anything else, or for one that is yet to come. */
export function monthOf(text: string | null, now: Date): string {
  const current = now.toISOString().slice(0, 7)
  return text !== null && /^20\d\d-(0[1-9]|1[0-2])$/.test(text) && text <= current ? text : current
}

const added = (month: string, months: number): string => {
  const date = new Date(`${month}-01T00:00:00Z`)
  date.setUTCMonth(date.getUTCMonth() + months)
  return date.toISOString().slice(0, 7)
}

/** `next` is null in the month of `now`. */
export const around = (month: string, now: Date): { previous: string; next: string | null } => {
  const next = added(month, 1)
  return { previous: added(month, -1), next: next <= now.toISOString().slice(0, 7) ? next : null }
}

/** Its days that have begun. */
export function daysOf(month: string, now: Date): { from: string; to: string } {
  const today = now.toISOString().slice(0, 10)
  const last = new Date(Date.parse(`${added(month, 1)}-01T00:00:00Z`) - 1).toISOString().slice(0, 10)
  return { from: `${month}-01`, to: month < today.slice(0, 7) ? last : today }
}
