// A cache with a bound and without a timer: entries fall out when there are too many, and once they are too old. Nothing is
// allocated before the first entry, since most sockets are idle.
export type ExpiringLimit = { entries: number; ttlMs: number }

export class ExpiringCache {
  readonly #limit: ExpiringLimit
  readonly #nowMs: () => number
  /** In order of expiry, since all live equally long. */
  #entries: Map<string, { value: unknown; untilMs: number }> | undefined

  constructor(limit: ExpiringLimit, nowMs: () => number) {
    this.#limit = limit
    this.#nowMs = nowMs
  }

  get size(): number {
    return this.#entries?.size ?? 0
  }

  /** The type of the answer is the caller's claim: each cache of Baileys has one user, who put it there. */
  get<Value>(key: string): Value | undefined {
    const entry = this.#entries?.get(key)
    return entry && entry.untilMs > this.#nowMs() ? (entry.value as Value) : undefined
  }

  set(key: string, value: unknown): void {
    this.#entries ??= new Map()
    this.#entries.delete(key)
    this.#entries.set(key, { value, untilMs: this.#nowMs() + this.#limit.ttlMs })
    for (const [oldest, { untilMs }] of this.#entries) {
      if (untilMs > this.#nowMs() && this.#entries.size <= this.#limit.entries) break
      this.#entries.delete(oldest)
    }
  }

  del(key: string): void {
    this.#entries?.delete(key)
  }

  flushAll(): void {
    this.#entries = undefined
  }
}
