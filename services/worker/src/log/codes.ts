// Pairing codes as the log knows them: who wants one, and how often WhatsApp was asked. Never a code itself.
import type { LogRecord } from './records.ts'

export type CodeWish = { commandId: string; phone: string; at: string }

export type Codes = {
  /** Somebody waits for a code, or holds one: the next owner asks for another. */
  wish: CodeWish | undefined
  /** When WhatsApp was asked for a code, in ms since 1970, oldest first; no more than count for the limit. */
  requestedAtMs: number[]
}

/** WhatsApp throttles whoever asks often, by rules that it does not tell. */
const maxPerHour = 5
const hourMs = 3_600_000

export const noCodes = (): Codes => ({ wish: undefined, requestedAtMs: [] })

/** When another code may be asked for, in ms since 1970; undefined when that is now. */
export function nextCodeAtMs({ requestedAtMs }: Codes, nowMs: number): number | undefined {
  const oldest = requestedAtMs.at(-maxPerHour)
  return oldest !== undefined && oldest + hourMs > nowMs ? oldest + hourMs : undefined
}

/** The same object when the record says nothing of codes. An unlinking does not lift the limit. */
export function foldCodes(codes: Codes, record: LogRecord): Codes {
  switch (record.kind) {
    case 'CODE_WISHED':
      return { ...codes, wish: { commandId: record.commandId, phone: record.phone, at: record.at } }
    case 'CODE_REQUESTED':
      return { ...codes, requestedAtMs: [...codes.requestedAtMs, Date.parse(record.at)].slice(-maxPerHour) }
    case 'CODE_REFUSED':
    case 'RESET':
      return withoutWish(codes)
    case 'LIFECYCLE':
      return record.lifecycle.type === 'session.paired' ? withoutWish(codes) : codes
    default:
      return codes
  }
}

const withoutWish = (codes: Codes): Codes => (codes.wish ? { ...codes, wish: undefined } : codes)
