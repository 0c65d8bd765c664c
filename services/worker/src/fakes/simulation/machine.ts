// A process somewhere: it has clocks of its own, can stop for a while, can die between any two things that it does to others,
// and can be cut off.
import type { Random } from './random.ts'
import type { Time, Timer } from './time.ts'

export type Side = 'broker' | 'whatsapp'

/** What `Date` says when a run begins. */
const epochMs = Date.parse('2026-01-01T00:00:00.000Z')

export class Machine {
  readonly id: string
  readonly #time: Time
  /** How fast its clocks go, and by how much each is off. */
  readonly #rate: number
  readonly #monotonicOffsetMs: number
  readonly #wallOffsetMs: number
  #alive = true
  #resumesAtMs = 0
  /** What came while it was stopped. */
  readonly #backlog: (() => void)[] = []
  #cutUntilMs: Record<Side, number> = { broker: 0, whatsapp: 0 }
  /** How many more effects leave before it dies. */
  #effectsLeft = Number.POSITIVE_INFINITY
  #onDeath: (() => void)[] = []

  /** `clockSkew`: how far its clocks may run fast or slow, as a part of the whole. */
  constructor(id: string, time: Time, random: Random, clockSkew = 0.005) {
    this.id = id
    this.#time = time
    this.#rate = 1 + (2 * random.next() - 1) * clockSkew
    this.#monotonicOffsetMs = random.between(0, 1_000_000)
    this.#wallOffsetMs = random.chance(0.2) ? random.between(-60_000, 60_000) : random.between(-50, 50)
  }

  get alive(): boolean {
    return this.#alive
  }

  monotonicMs(): number {
    return this.#monotonicOffsetMs + this.#time.nowMs() * this.#rate
  }

  now(): Date {
    return new Date(Math.round(epochMs + this.#wallOffsetMs + this.#time.nowMs()))
  }

  /** Runs the task, now or when the process goes on, in order; never once it is dead. */
  run(task: () => void): void {
    if (!this.#alive) return
    if (this.#backlog.length === 0 && this.#resumesAtMs <= this.#time.nowMs()) {
      task()
      return
    }
    this.#backlog.push(task)
    this.#runNextLater()
  }

  #runNextLater(): void {
    this.#time.after(this.#resumesAtMs - this.#time.nowMs(), () => {
      if (!this.#alive) return
      if (this.#resumesAtMs > this.#time.nowMs()) this.#runNextLater()
      else this.#backlog.shift()?.()
    })
  }

  after(ms: number, task: () => void): Timer {
    return this.#time.after(ms / this.#rate, () => this.run(task))
  }

  /** Whether something that it does to others gets out; asked once for each. */
  acts(): boolean {
    if (!this.#alive) return false
    this.#effectsLeft -= 1
    if (this.#effectsLeft > 0) return true
    this.die()
    return false
  }

  /** It dies before its n-th effect from now. */
  dieBefore(effects: number): void {
    this.#effectsLeft = Math.min(this.#effectsLeft, Math.max(1, effects))
  }

  die(): void {
    if (!this.#alive) return
    this.#alive = false
    for (const tell of this.#onDeath) tell()
  }

  onDeath(tell: () => void): void {
    this.#onDeath.push(tell)
  }

  stopFor(ms: number): void {
    this.#resumesAtMs = Math.max(this.#resumesAtMs, this.#time.nowMs() + ms)
  }

  cutOff(from: Side, ms: number): void {
    this.#cutUntilMs[from] = Math.max(this.#cutUntilMs[from], this.#time.nowMs() + ms)
  }

  reaches(side: Side): boolean {
    return this.#time.nowMs() >= this.#cutUntilMs[side]
  }

  /** Milliseconds until it reaches that side again. */
  cutFor(side: Side): number {
    return Math.max(0, this.#cutUntilMs[side] - this.#time.nowMs())
  }

  /** Nothing that was to go wrong with it does any more. */
  heal(): void {
    this.#effectsLeft = Number.POSITIVE_INFINITY
    this.#resumesAtMs = 0
    this.#cutUntilMs = { broker: 0, whatsapp: 0 }
  }
}
