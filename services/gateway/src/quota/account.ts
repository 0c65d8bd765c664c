// One account's minute, as one gateway sees it. Pure. A gateway accepts messages from what it was granted; what all gateways have spent and
// been granted is together never more than the limit, so what each accepts from memory is right for all of them.
import type { Held } from '@wagate/messages/quota.ts'

export type Account = {
  limit: number
  /** Accepted here. */
  spent: number
  /** May be accepted here without asking anybody. */
  granted: number
  /** What each of the others has, as it told last. */
  others: Map<string, Held>
  /** Whether this gateway has had its first grant. */
  begun: boolean
}

export const newAccount = (): Account => ({ limit: 0, spent: 0, granted: 0, others: new Map(), begun: false })

export const heldBy = ({ spent, granted }: Account): Held => ({ spent, granted })

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)

/** Accepted by all gateways, as far as known here. */
export const spentByAll = ({ spent, others }: Account): number =>
  spent + sum([...others.values()].map((held) => held.spent))

/** What nobody has been granted. */
export const free = (account: Account): number =>
  account.limit -
  spentByAll(account) -
  account.granted -
  sum([...account.others.values()].map(({ granted }) => granted))

/**
 * A first grant that needs no question: every gateway takes it by the same rule, so that all of them together have half the limit. `members`
 * are the gateways. One that came up in this minute does not know what was spent before, and has to ask.
 */
export function begin(account: Account, limit: number, members: number, isNew: boolean): void {
  account.limit = limit
  if (account.begun) return
  account.begun = true
  if (!isNew) account.granted = Math.max(0, Math.min(Math.floor(limit / (2 * members)), free(account)))
}

/** Accepts one message, if it may be accepted here. */
export function spend(account: Account): boolean {
  if (account.granted < 1) return false
  account.granted -= 1
  account.spent += 1
  return true
}

/** The message was not accepted after all. */
export function unspend(account: Account): void {
  account.spent -= 1
  account.granted += 1
}

/** When little is free, whoever asks gets what the others have not spent; they can ask again. */
export function yieldTo(account: Account): void {
  if (free(account) < account.limit / 4) account.granted = 0
}

/**
 * The grant after everybody has answered: half of what is free. Of gateways that ask at the same time only the first by name is granted
 * something, and the others ask again: either knows of the other's question, or gets an answer with what the other was granted.
 */
export function grant(account: Account, me: string, asking: ReadonlySet<string>): void {
  const left = free(account)
  if (left >= 1 && [...asking].every((other) => me < other)) account.granted += Math.ceil(left / 2)
}

/** A gateway is gone: what it accepted counts on, what it was granted is free again. */
export function forgetGrant(account: Account, member: string): void {
  const held = account.others.get(member)
  if (held) account.others.set(member, { spent: held.spent, granted: 0 })
}
