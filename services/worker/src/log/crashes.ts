// What the log tells of owners that ended before their time: how often the session was claimed lately, how often for nothing,
// and what was begun and never finished. Plain data, folded from the log, so that it survives every process.
import type { LogRecord } from './records.ts'

export type Crashes = {
  /** When it was claimed by owners that did not leave in order, in ms since 1970, oldest first. */
  claims: number[]
  /** Claims since anything went well: a login, a QR string, an acknowledgement. */
  fruitless: number
  /** What the owner began last and has not finished; it handles one command at a time. */
  suspect: string | undefined
  /** How many owners ended while each command was their suspect. */
  begun: { [commandId: string]: number }
}

/** Bounds per session. */
const bounds = { claims: 16, begun: 64 }
const lately = 10 * 60_000

export const noCrashes = (): Crashes => ({ claims: [], fruitless: 0, suspect: undefined, begun: {} })

/** The same object when the record says nothing of it. */
export function foldCrashes(crashes: Crashes, record: LogRecord): Crashes {
  switch (record.kind) {
    case 'CLAIM': {
      const atMs = Date.parse(record.at)
      const claims = [...crashes.claims.filter((earlier) => earlier > atMs - lately), atMs].slice(-bounds.claims)
      return { ...blamed(crashes), claims, fruitless: Math.min(crashes.fruitless + 1, claims.length) }
    }
    case 'BEGUN':
      return { ...crashes, suspect: record.commandId }
    case 'LEFT': {
      const { claims, fruitless } = crashes
      return { ...crashes, suspect: undefined, claims: claims.slice(0, -1), fruitless: Math.max(0, fruitless - 1) }
    }
    case 'QUEUED':
      return finished(crashes, record.message.commandId)
    case 'FAILED':
      return finished(crashes, record.commandId)
    case 'ACKED':
      return crashes.fruitless > 0 ? { ...crashes, fruitless: 0 } : crashes
    case 'LIFECYCLE': {
      const { type } = record.lifecycle
      const isProgress = type === 'session.connected' || type === 'session.qr_issued' || type === 'session.closed'
      return isProgress && crashes.fruitless > 0 ? { ...crashes, fruitless: 0 } : crashes
    }
    case 'RELEASE': // somebody has acted
    case 'RESET':
      return noCrashes()
    default:
      return crashes
  }
}

/** The last owner did not leave in order: it died, and perhaps of what it had begun. */
function blamed(crashes: Crashes): Crashes {
  const { suspect } = crashes
  if (suspect === undefined) return crashes
  const { [suspect]: before = 0, ...others } = crashes.begun
  const begun = Object.entries({ ...others, [suspect]: before + 1 }).slice(-bounds.begun)
  return { ...crashes, suspect: undefined, begun: Object.fromEntries(begun) }
}

function finished(crashes: Crashes, commandId: string): Crashes {
  if (crashes.suspect !== commandId && !(commandId in crashes.begun)) return crashes
  const { [commandId]: _finished, ...begun } = crashes.begun
  return { ...crashes, suspect: crashes.suspect === commandId ? undefined : crashes.suspect, begun }
}

/** Claims in ten minutes from which on an owner writes down what it is about to do, one thing at a time. */
const carefulFrom = 3
/** How many owners may end while they handle a command. */
const mostBegun = 3
/**
 * Pauses before the login of the 3rd, 4th … claim for nothing; after the last of them the session is held back. The first are short:
 * a few engines that died in a row of something else must not keep everybody waiting.
 */
const pausesMs = [1_000, 2_000, 5_000, 20_000, 60_000]

const claimsLately = ({ claims }: Crashes, nowMs: number): number =>
  claims.filter((atMs) => atMs > nowMs - lately).length

export const isSuspicious = (crashes: Crashes, nowMs: number): boolean => claimsLately(crashes, nowMs) >= carefulFrom

/** Whether the next claim would make its owner careful, so that it is worth a write to say that this one ended in order. */
export const isWorthLeaving = (crashes: Crashes, nowMs: number): boolean =>
  claimsLately(crashes, nowMs) >= carefulFrom - 1

/** How many owners ended while they handled it; `poison` when that is enough. */
export const diedOver = ({ begun }: Crashes, commandId: string): number | 'poison' => {
  const owners = begun[commandId] ?? 0
  return owners >= mostBegun ? 'poison' : owners
}

/** When the session may log in; `random` in [0, 1) spreads it, so that neighbours of the one that crashes get past it. */
export function loginAfter({ fruitless }: Crashes, random: number): { ms: number } | 'held back' {
  if (fruitless < carefulFrom) return { ms: 0 }
  const ms = pausesMs[fruitless - carefulFrom]
  return ms === undefined ? 'held back' : { ms: Math.round(ms * (0.5 + random)) }
}
