import { randomFillSync } from 'node:crypto'

const poolSize = 8_192

/** `randomBytes` for many small draws: one call to the system for hundreds of ids. Each byte is given out once. */
export function createRandomBytes(): (size: number) => Uint8Array {
  const pool = Buffer.alloc(poolSize)
  let used = poolSize
  return (size) => {
    if (size > poolSize) return randomFillSync(Buffer.alloc(size))
    if (used + size > poolSize) {
      randomFillSync(pool)
      used = 0
    }
    used += size
    return Buffer.from(pool.subarray(used - size, used)) // a copy: the pool is written again
  }
}
