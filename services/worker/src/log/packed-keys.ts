// Signal state as bytes, one packed value per type and id, exactly as the log has it: packed once when it changes, unpacked
// each time it is read.
import { pack, unpack } from './codec.ts'
import { PackedMap } from './packed-map.ts'
import type { KeyMutations } from './records.ts'

export class PackedKeys {
  readonly #types = new Map<string, PackedMap>()

  /** A value of its own for each caller, which may change it. */
  get(type: string, id: string): unknown {
    const packed = this.#types.get(type)?.get(id)
    return packed && unpack(packed)
  }

  has(type: string, id: string): boolean {
    return this.#types.get(type)?.has(id) ?? false
  }

  /** Whether there is any value of that type. */
  hasAny(type: string): boolean {
    return this.#types.has(type)
  }

  apply(mutations: KeyMutations): void {
    for (const [type, values] of Object.entries(mutations)) {
      const known = this.#types.get(type) ?? new PackedMap()
      const entries = Object.entries(values)
      if (entries.length > 1) {
        known.reserve(
          entries.length,
          entries.reduce((sum, [id, value]) => sum + id.length + (value?.length ?? 0), 0),
        )
      }
      for (const [id, value] of entries) value === null ? known.delete(id) : known.set(id, value)
      if (known.size > 0) this.#types.set(type, known)
      else this.#types.delete(type)
    }
  }

  clear(): void {
    this.#types.clear()
  }

  get size(): number {
    return [...this.#types.values()].reduce((sum, { size }) => sum + size, 0)
  }

  get bytes(): number {
    return [...this.#types.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** All there is, as mutations that make it again. The values are views: they hold until the next change. */
  entries(): KeyMutations {
    return Object.fromEntries([...this.#types].map(([type, values]) => [type, Object.fromEntries(values.entries())]))
  }
}

/** Values as Baileys has them → as the log has them; null and undefined delete. */
export function packMutations(values: { [type: string]: { [id: string]: unknown } | undefined }): KeyMutations {
  const packValues = (ofType: { [id: string]: unknown } | undefined) =>
    Object.fromEntries(
      Object.entries(ofType ?? {}).map(([id, value]) => [
        id,
        value === null || value === undefined ? null : pack(value),
      ]),
    )
  return Object.fromEntries(Object.entries(values).map(([type, ofType]) => [type, packValues(ofType)]))
}
