// A map that forgets its oldest entries: every cache of a session has a bound.
export type Weight<Value> = { bytes: number; of: (value: Value) => number }

export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>()
  readonly #limit: number
  readonly #weight: Weight<Value> | undefined
  #bytes = 0

  /** At most `limit` entries, and of a weight that together is at most `weight.bytes`; the newest is always kept. */
  constructor(limit: number, weight?: Weight<Value>) {
    this.#limit = limit
    this.#weight = weight
  }

  get size(): number {
    return this.#entries.size
  }

  has(key: Key): boolean {
    return this.#entries.has(key)
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  /** Sets or refreshes an entry, which then is the newest. */
  set(key: Key, value: Value): void {
    this.delete(key)
    this.#entries.set(key, value)
    this.#bytes += this.#weight?.of(value) ?? 0
    for (const oldest of this.#entries.keys()) {
      const fits = this.#entries.size <= this.#limit && this.#bytes <= (this.#weight?.bytes ?? 0)
      if (fits || this.#entries.size === 1) return
      this.delete(oldest)
    }
  }

  /** Oldest first. */
  [Symbol.iterator](): IterableIterator<[Key, Value]> {
    return this.#entries.entries()
  }

  delete(key: Key): void {
    const value = this.#entries.get(key)
    if (value !== undefined) this.#bytes -= this.#weight?.of(value) ?? 0
    this.#entries.delete(key)
  }
}
