/** Trouble on request: what the network does to the linked clients of one phone, or of all phones of a realm. */
import type { Account } from './account/account.ts'
import { type BinaryNode, childrenOf } from './wire/node.ts'

export type Direction = 'from_client' | 'to_client'

/** The next `count` frames in one direction; with `tag`, only stanzas of that kind (`message`, `receipt`, `ack`, `iq` …). */
export type FrameRule = { direction: Direction; tag?: string | undefined; count: number }

export type FaultScope = { realm: string } | { phone: string }

export type FaultChange = {
  /** Added to every frame to the client; 0 ends it. */
  delayMs?: number | undefined
  /** While true, clients' messages are delivered but not acked. */
  holdAcks?: boolean | undefined
  /** Logins fail with this code (403 banned, 405 outdated …); null ends it. */
  refuseLogins?: number | null | undefined
  /** Messages are acked with this error (463 restricted …) and reach nobody; null ends it. */
  refuseMessages?: number | null | undefined
  /** New chats are forbidden until then, in ms since 1970; null ends it. */
  timeLockedUntilMs?: number | null | undefined
  /** These frames are lost. */
  drop?: FrameRule | undefined
  /** These frames arrive twice. */
  repeat?: FrameRule | undefined
  /** So many next messages to clients arrive with a ciphertext that nobody can decrypt. */
  garble?: number | undefined
}

type Rule = {
  delayMs: number
  holdAcks: boolean
  refuseLogins: number | undefined
  refuseMessages: number | undefined
  timeLockedUntilMs: number | undefined
  drops: FrameRule[]
  repeats: FrameRule[]
  garbled: FrameRule[]
}

export type Faults = {
  change(scope: FaultScope, change: FaultChange): void
  delayMs(account: Account): number
  holdsAcks(account: Account): boolean
  refusesLogin(account: Account): number | undefined
  refusesMessages(account: Account): number | undefined
  timeLockedUntilMs(account: Account): number | undefined
  /** Whether this frame is lost; uses up one of the ordered drops. */
  drops(account: Account, direction: Direction, stanza: BinaryNode): boolean
  /** Whether this frame arrives twice; uses up one of the ordered repetitions. */
  repeats(account: Account, direction: Direction, stanza: BinaryNode): boolean
  /** The stanza as it arrives: as it is, or with a ciphertext that is none; uses up one of the ordered ones. */
  garbled(account: Account, stanza: BinaryNode): BinaryNode
  reset(): void
}

export function createFaults(): Faults {
  const rules = new Map<string, Rule>()

  // Called for every frame, so the usual case of no fault at all costs one comparison.
  const rulesOf = (account: Account): Rule[] => {
    if (rules.size === 0) return []
    return [rules.get(`phone ${account.id}`), rules.get(`realm ${account.realm}`)].filter((rule) => rule !== undefined)
  }

  return {
    change(scope, { delayMs, holdAcks, refuseLogins, refuseMessages, timeLockedUntilMs, drop, repeat, garble }) {
      const key = 'phone' in scope ? `phone ${scope.phone}` : `realm ${scope.realm}`
      const rule = rules.get(key) ?? noFaults()
      if (delayMs !== undefined) rule.delayMs = delayMs
      if (holdAcks !== undefined) rule.holdAcks = holdAcks
      if (refuseLogins !== undefined) rule.refuseLogins = refuseLogins ?? undefined
      if (refuseMessages !== undefined) rule.refuseMessages = refuseMessages ?? undefined
      if (timeLockedUntilMs !== undefined) rule.timeLockedUntilMs = timeLockedUntilMs ?? undefined
      if (drop) rule.drops.push({ ...drop })
      if (repeat) rule.repeats.push({ ...repeat })
      if (garble) rule.garbled.push({ direction: 'to_client', tag: 'message', count: garble })
      rules.set(key, rule)
    },
    delayMs: (account) => rulesOf(account).reduce((sum, rule) => sum + rule.delayMs, 0),
    holdsAcks: (account) => rulesOf(account).some((rule) => rule.holdAcks),
    refusesLogin: (account) => rulesOf(account).find((rule) => rule.refuseLogins !== undefined)?.refuseLogins,
    refusesMessages: (account) => rulesOf(account).find((rule) => rule.refuseMessages !== undefined)?.refuseMessages,
    timeLockedUntilMs: (account) => rulesOf(account).find((rule) => rule.timeLockedUntilMs)?.timeLockedUntilMs,
    drops: (account, direction, stanza) => rulesOf(account).some(({ drops }) => useUp(drops, direction, stanza)),
    repeats: (account, direction, stanza) => rulesOf(account).some(({ repeats }) => useUp(repeats, direction, stanza)),
    garbled(account, stanza) {
      const hit = rulesOf(account).some(({ garbled }) => useUp(garbled, 'to_client', stanza))
      return hit ? withoutSense(stanza) : stanza
    },
    reset: () => rules.clear(),
  }
}

function noFaults(): Rule {
  return {
    delayMs: 0,
    holdAcks: false,
    refuseLogins: undefined,
    refuseMessages: undefined,
    timeLockedUntilMs: undefined,
    drops: [],
    repeats: [],
    garbled: [],
  }
}

/** The same stanza with its ciphertexts overwritten. */
function withoutSense(stanza: BinaryNode): BinaryNode {
  const parts = childrenOf(stanza).map((part) =>
    part.tag === 'enc' && part.content instanceof Uint8Array
      ? { ...part, content: part.content.map((byte) => byte ^ 0x5a) }
      : part,
  )
  return { ...stanza, content: parts }
}

/** Takes one from the first rule that matches the frame. */
function useUp(ordered: FrameRule[], direction: Direction, { tag }: BinaryNode): boolean {
  const rule = ordered.find((each) => each.direction === direction && (each.tag === undefined || each.tag === tag))
  if (!rule) return false
  rule.count--
  if (rule.count <= 0) ordered.splice(ordered.indexOf(rule), 1)
  return true
}
