// The object store in a simulation: what is put arrives over the network, late or twice as everything does; it can be away, its
// listing is behind, and once in a run the newest object is harmed.
import { ObjectStoreFailed } from '../../log/snapshot-schedule.ts'
import type { SnapshotObjects } from '../../log/starting-points.ts'
import type { Machine } from './machine.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'
import type { Time } from './time.ts'

export class SimulatedObjects {
  readonly #time: Time
  readonly #random: Random
  readonly #stored = new Map<string, Uint8Array>()
  #awayUntilMs = 0
  #isHarmed = false
  puts = 0

  constructor(time: Time, random: Random) {
    this.#time = time
    this.#random = random
  }

  outage(ms: number): void {
    this.#awayUntilMs = Math.max(this.#awayUntilMs, this.#time.nowMs() + ms)
  }

  /** Two are enough for one to be lost; what is lost then as well, nobody can replace. */
  harmNewest(): void {
    const newest = [...this.#stored.keys()].at(-1)
    if (this.#isHarmed || newest === undefined) return
    this.#isHarmed = true
    if (this.#random.chance(0.5)) this.#stored.delete(newest)
    else this.#stored.set(newest, Buffer.alloc(60, 1))
  }

  /** As its own machine would see it, without a network between. */
  direct(): SnapshotObjects {
    return {
      put: async (name, bytes) => this.#put(name, bytes),
      get: async (name) => this.#stored.get(name),
      delete: async (name) => void this.#stored.delete(name),
      names: async () => [...this.#stored.keys()],
    }
  }

  seenBy(machine: Machine, network: Network): SnapshotObjects {
    const ask = async <Answer>(perform: () => Answer): Promise<Answer> => {
      const performed = (): Answer => {
        if (this.#time.nowMs() < this.#awayUntilMs) throw new Error('away')
        return perform()
      }
      try {
        return await network.request(machine, 'objects', performed)
      } catch (error) {
        throw new ObjectStoreFailed('the object store is away', { cause: error })
      }
    }
    return {
      put: (name, bytes) => ask(() => this.#put(name, bytes)),
      get: (name) => ask(() => this.#stored.get(name)),
      delete: (name) => ask(() => void this.#stored.delete(name)),
      names: () => ask(() => [...this.#stored.keys()].slice(0, this.#random.chance(0.2) ? -1 : undefined)),
    }
  }

  #put(name: string, bytes: Uint8Array): void {
    this.puts += 1
    this.#stored.set(name, bytes)
  }
}
