// An event as the viewer shows it: whole, or without what people wrote, who they are and what they are called.
import type { LiveEvent } from '#lib/live/follow.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
type Fields = { [name: string]: Json }

export type Shown = {
  /** Its place in the stream. */
  id: string
  eventId: string
  type: string
  at: string
  sessionId: string
  full: Json
  harmless: Json
}

/** Members that hold people's words, names or numbers. */
const personal = new Set(['body', 'phone', 'lid', 'push_name', 'name', 'caption', 'title', 'address', 'vcard'])
const hidden = '•••'

/** The same with every personal text hidden, however deep. */
export function withoutContents(value: Json, name = ''): Json {
  if (value === null || typeof value !== 'object') return value !== null && personal.has(name) ? hidden : value
  if (Array.isArray(value)) return value.map((item) => withoutContents(item, name))
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutContents(member, key)]))
}

const isFields = (value: Json): value is Fields => value !== null && typeof value === 'object' && !Array.isArray(value)
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** Undefined for what is no event of an account. */
export function shownOf({ id, type, data }: LiveEvent): Shown | undefined {
  const full = JSON.parse(data) as Json
  if (!isFields(full)) return undefined
  return {
    id,
    type,
    eventId: textOf(full.id),
    at: textOf(full.timestamp),
    sessionId: textOf(full.session_id),
    full,
    harmless: withoutContents(full),
  }
}
