import type { SignalHeader } from './header.ts'

/** What a receiver can tell from the numbers of the messages that reach it, before it decrypts. */
export type ChainVerdict = { kind: 'next' } | { kind: 'gap'; missing: number } | { kind: 'repeated' }

/** The last number of each chain, by sending device and ratchet key. */
export type ChainState = Map<string, Map<string, number>>

export type ChainWatch = {
  note(sender: string, header: SignalHeader): ChainVerdict
  state(): ChainState
}

/** Follows the newest chains of each sending device; older ones are forgotten, this many per sender. */
const keptChains = 8

/** Numbers in a chain start at 0 and go up by one: a jump means that something was encrypted and never arrived. */
export function createChainWatch(bySender: ChainState = new Map()): ChainWatch {
  return {
    state: () => bySender,
    note(sender, { ratchetKey, counter }) {
      const chains = bySender.get(sender) ?? new Map<string, number>()
      bySender.set(sender, chains)
      const last = chains.get(ratchetKey) ?? -1
      if (counter <= last) return { kind: 'repeated' }
      chains.set(ratchetKey, counter)
      if (chains.size > keptChains) {
        const [oldest] = chains.keys()
        if (oldest !== undefined) chains.delete(oldest)
      }
      return counter === last + 1 ? { kind: 'next' } : { kind: 'gap', missing: counter - last - 1 }
    },
  }
}
