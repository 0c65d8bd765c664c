// Whom an account has written to or heard from, and when it began chats: the first message to a stranger is limited
// (message/pacing.ts). Folded from the log, so that a new owner goes on counting where the last one stopped.
import type { Party } from '@wagate/messages/envelope.ts'
import { pacingBounds } from '@wagate/messages/pacing.ts'
import { BoundedMap } from './bounded-map.ts'

/** Names of people; a person has two. Who falls out is a stranger again, which delays a message and loses none. */
const maxNames = 20_000

const hourMs = 3_600_000

export type Chats = {
  /** The phone number of the account that they are chats of. */
  account: string | undefined
  /** Phone numbers and LIDs, the most recently heard of last. */
  known: BoundedMap<string, true>
  /** When the account last wrote, in ms since 1970. */
  wroteAtMs: number | undefined
  /** When chats were begun within the last hour, oldest first, in ms since 1970. */
  startedAtMs: number[]
}

export const noChats = (): Chats => ({
  account: undefined,
  known: new BoundedMap(maxNames),
  wroteAtMs: undefined,
  startedAtMs: [],
})

/** The chats of that account: none yet, if the session was linked to another one before. */
export function chatsOf(chats: Chats, { phone }: Party): Chats {
  if (phone === undefined || phone === chats.account) return chats
  return { ...(chats.account === undefined ? chats : noChats()), account: phone }
}

const namesOf = ({ phone, lid }: Party): string[] => [phone, lid].filter((name) => name !== undefined)

export const isKnown = (chats: Chats, party: Party): boolean => namesOf(party).some((name) => chats.known.has(name))

export function noteHeard(chats: Chats, party: Party): void {
  for (const name of namesOf(party)) chats.known.set(name, true)
}

/** WhatsApp took a message to them for the beginning of a chat, and refused it: they are strangers still. */
export function noteRefused(chats: Chats, party: Party): void {
  for (const name of namesOf(party)) chats.known.delete(name)
}

export function noteWritten(chats: Chats, party: Party, at: string): void {
  const nowMs = Date.parse(at)
  chats.wroteAtMs = nowMs
  if (!isKnown(chats, party)) {
    const recent = chats.startedAtMs.filter((startedAtMs) => startedAtMs > nowMs - hourMs)
    chats.startedAtMs = [...recent, nowMs].slice(-pacingBounds.newChatsPerHour.max)
  }
  noteHeard(chats, party)
}
