import type { OneTimePreKey } from './bundle.ts'

/** The one-time pre-keys that the server holds for one device. Each is given out exactly once. */
export type PreKeyPool = {
  /** Adds keys and returns how many were new: a repeated upload neither doubles a key nor revives a used one. */
  add(keys: OneTimePreKey[]): number
  take(): OneTimePreKey | undefined
  count(): number
  /** Those that were not given out yet, in order. */
  remaining(): OneTimePreKey[]
}

const keyBytes = 35

/** Keys are packed into one buffer: a linked device uploads 812 of them, and a process holds thousands of devices. */
export function createPreKeyPool(): PreKeyPool {
  let packed: Buffer = Buffer.alloc(0)
  let next = 0
  const used = new Set<string>()

  const keyAt = (offset: number): OneTimePreKey => ({
    id: packed.readUIntBE(offset, 3),
    publicKey: Buffer.from(packed.subarray(offset + 3, offset + keyBytes)),
  })

  return {
    add(keys) {
      const known = new Set(used)
      for (let offset = next; offset < packed.length; offset += keyBytes) known.add(nameOf(keyAt(offset)))
      const fresh = keys.filter((key) => {
        const isNew = !known.has(nameOf(key))
        known.add(nameOf(key))
        return isNew
      })
      const added = Buffer.alloc(fresh.length * keyBytes)
      fresh.forEach(({ id, publicKey }, index) => {
        added.writeUIntBE(id, index * keyBytes, 3)
        added.set(publicKey, index * keyBytes + 3)
      })
      packed = Buffer.concat([packed.subarray(next), added])
      next = 0
      return fresh.length
    },

    take() {
      if (next >= packed.length) return undefined
      const key = keyAt(next)
      next += keyBytes
      used.add(nameOf(key))
      return key
    },

    count: () => (packed.length - next) / keyBytes,

    remaining() {
      const keys: OneTimePreKey[] = []
      for (let offset = next; offset < packed.length; offset += keyBytes) keys.push(keyAt(offset))
      return keys
    },
  }
}

/** An id alone does not name a key: a client that lost its state may use an id again with another key. */
function nameOf({ id, publicKey }: OneTimePreKey): string {
  return `${id}:${Buffer.from(publicKey).toString('base64', 0, 9)}`
}
