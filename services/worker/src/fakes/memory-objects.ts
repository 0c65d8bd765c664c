// The snapshots of a session in memory. A test may have the store fail, lose an object, or show an old listing.
import type { ObjectStore } from '@wagate/runtime/object-store.ts'
import { ObjectStoreFailed } from '../log/snapshot-schedule.ts'
import type { SnapshotObjects } from '../log/starting-points.ts'

export class MemoryObjects implements SnapshotObjects {
  readonly stored = new Map<string, Uint8Array>()
  isAway = false

  async put(name: string, bytes: Uint8Array): Promise<void> {
    this.#check()
    this.stored.set(name, bytes)
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    this.#check()
    return this.stored.get(name)
  }

  async delete(name: string): Promise<void> {
    this.#check()
    this.stored.delete(name)
  }

  async names(): Promise<string[]> {
    this.#check()
    return [...this.stored.keys()]
  }

  #check(): void {
    if (this.isAway) throw new ObjectStoreFailed('the object store is away')
  }
}

const away = (): never => {
  throw new ObjectStoreFailed('there is no object store')
}

/** For what takes no snapshots. */
export const noObjects: ObjectStore = {
  put: away,
  get: away,
  getBytes: away,
  head: away,
  delete: away,
  list: away,
  close: () => {},
}
