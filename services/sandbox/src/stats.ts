/** What the network and the phones noticed, per realm: the numbers that a test judges a client by. */
const counterNames = [
  'logins',
  'logins_refused',
  'evictions',
  'links',
  'unlinks',
  /** Message stanzas that clients and phones sent, every repetition included. */
  'messages_received',
  /** Of these: the same id from the same account in the same chat again, with no retry receipt that asked for it. */
  'duplicates_received',
  /** Of these: the same id again because a receiver asked with a retry receipt. */
  'resends_received',
  'messages_refused',
  'message_acks',
  'receipts',
  'retry_receipts',
  /** Message acks with an error that clients answered with. */
  'message_nacks',
  /** Stanzas delivered again at a login because the device had not confirmed them. */
  'redelivered',
  'frames_dropped',
  'pre_keys_taken',
  'pre_keys_exhausted',
  'shown',
  /** Messages that a phone received again and did not show again. */
  'repeats_hidden',
  'undecryptable',
  /** Ciphertexts that a phone received twice, byte for byte. */
  'frames_repeated',
  /** Signal messages that were encrypted for a phone and never reached it. */
  'counter_gaps',
] as const

export type CounterName = (typeof counterNames)[number]
export type StatsSnapshot = Record<CounterName, number> & { duplicate_ids: string[] }

export type Stats = {
  count(realm: string, name: CounterName, amount?: number): void
  duplicate(realm: string, messageId: string): void
  /** The counters of one realm, or of all together. */
  snapshot(realm?: string): StatsSnapshot
  reset(): void
}

/** The last duplicates are kept by id, this many per realm. */
const keptDuplicateIds = 1_000

export function createStats(): Stats {
  const realms = new Map<string, StatsSnapshot>()

  const of = (realm: string): StatsSnapshot => {
    const known = realms.get(realm)
    if (known) return known
    const fresh = emptySnapshot()
    realms.set(realm, fresh)
    return fresh
  }

  return {
    count(realm, name, amount = 1) {
      of(realm)[name] += amount
    },
    duplicate(realm, messageId) {
      const counters = of(realm)
      counters.duplicates_received++
      counters.duplicate_ids.push(messageId)
      if (counters.duplicate_ids.length > keptDuplicateIds) counters.duplicate_ids.shift()
    },
    snapshot(realm) {
      const sources = realm === undefined ? [...realms.values()] : [realms.get(realm) ?? emptySnapshot()]
      const sum = emptySnapshot()
      for (const source of sources) {
        for (const name of counterNames) sum[name] += source[name]
        sum.duplicate_ids.push(...source.duplicate_ids)
      }
      return sum
    },
    reset: () => realms.clear(),
  }
}

function emptySnapshot(): StatsSnapshot {
  const zeros = Object.fromEntries(counterNames.map((name) => [name, 0])) as Record<CounterName, number>
  return { ...zeros, duplicate_ids: [] }
}
