// An event as EVENTS holds it. The broker delivers by subject and readers act on the envelope: only where both name the same
// session of the same tenant can an event reach nobody but those who may see it.
import { type Event, parseEvent } from './events.ts'
import { eventSubject } from './subjects.ts'

/** `reason` is safe to log: it names fields and quotes no value. */
export function parseStoredEvent(message: {
  subject: string
  data: Uint8Array
}): { ok: true; event: Event } | { ok: false; reason: string } {
  const parsed = parseEvent(message.data)
  if (!parsed.ok || eventSubject(parsed.event, parsed.event.type) === message.subject) return parsed
  return { ok: false, reason: 'the subject and the envelope disagree' }
}
