// The id that WhatsApp knows a message by, derived from the command: sending again after a crash repeats the id, and
// WhatsApp and the recipient's phone recognise the repeat.
import { createHash } from 'node:crypto'

/** `3EB0` and 18 hex digits: the form of WhatsApp Web's own ids. */
export const waMessageIdFor = (sessionId: string, commandId: string): string =>
  `3EB0${createHash('sha256').update(`${sessionId}|${commandId}`).digest('hex').slice(0, 18).toUpperCase()}`
