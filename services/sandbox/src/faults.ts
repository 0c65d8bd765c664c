/** Trouble on request: what the network does to the linked clients of one phone, or of all phones of a realm. */
import type { Account } from './account/account.ts'
import type { BinaryNode } from './wire/node.ts'

export type Direction = 'from_client' | 'to_client'

/** Loses the next `count` frames in one direction; with `tag`, only stanzas of that kind (`message`, `receipt`, `ack`, `iq` …). */
export type Drop = { direction: Direction; tag?: string | undefined; count: number }

export type FaultScope = { realm: string } | { phone: string }

export type FaultChange = {
  /** Added to every frame to the client; 0 ends it. */
  delayMs?: number | undefined
  /** While true, clients' messages are delivered but not acked. */
  holdAcks?: boolean | undefined
  /** Logins fail with this code (403 banned, 405 outdated …); null ends it. */
  refuseLogins?: number | null | undefined
  drop?: Drop | undefined
}

type Rule = { delayMs: number; holdAcks: boolean; refuseLogins: number | undefined; drops: Drop[] }

export type Faults = {
  change(scope: FaultScope, change: FaultChange): void
  delayMs(account: Account): number
  holdsAcks(account: Account): boolean
  refusesLogin(account: Account): number | undefined
  /** Whether this frame is lost; uses up one of the ordered drops. */
  drops(account: Account, direction: Direction, stanza: BinaryNode): boolean
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
    change(scope, { delayMs, holdAcks, refuseLogins, drop }) {
      const key = 'phone' in scope ? `phone ${scope.phone}` : `realm ${scope.realm}`
      const rule = rules.get(key) ?? { delayMs: 0, holdAcks: false, refuseLogins: undefined, drops: [] }
      if (delayMs !== undefined) rule.delayMs = delayMs
      if (holdAcks !== undefined) rule.holdAcks = holdAcks
      if (refuseLogins !== undefined) rule.refuseLogins = refuseLogins ?? undefined
      if (drop) rule.drops.push({ ...drop })
      rules.set(key, rule)
    },
    delayMs: (account) => rulesOf(account).reduce((sum, rule) => sum + rule.delayMs, 0),
    holdsAcks: (account) => rulesOf(account).some((rule) => rule.holdAcks),
    refusesLogin: (account) => rulesOf(account).find((rule) => rule.refuseLogins !== undefined)?.refuseLogins,
    drops(account, direction, stanza) {
      for (const rule of rulesOf(account)) {
        const drop = rule.drops.find((d) => d.direction === direction && (d.tag === undefined || d.tag === stanza.tag))
        if (!drop) continue
        drop.count--
        if (drop.count <= 0) rule.drops.splice(rule.drops.indexOf(drop), 1)
        return true
      }
      return false
    },
    reset: () => rules.clear(),
  }
}
