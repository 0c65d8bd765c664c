// Which phone number is which LID, as Baileys caches it: without a bound and with a timer of three days for each entry, 929 bytes
// a contact. The mappings are among the Signal keys in memory anyway, so the cache here is a view of those, and remembers only
// the latest of its own: a mapping that a send has just learned is in the keys when its transaction ends.
import { BoundedMap } from '../log/bounded-map.ts'

/** More than one message's recipients; what is not found here and not in the keys is asked of WhatsApp again. */
export const rememberedMappings = 512

export type MappingCache = {
  get: (key: string) => string | undefined
  set: (key: string, value: string) => void
  clear: () => void
  size: () => number
}

/** `lookup`: the other name of a phone number, or of a LID under `<lid>_reverse`. Keys are `pn:<number>` and `lid:<lid>`. */
export function createMappingCache(lookup: (id: string) => string | undefined): MappingCache {
  let latest = new BoundedMap<string, string>(rememberedMappings)
  const storedUnder = (key: string): string =>
    key.startsWith('pn:') ? key.slice('pn:'.length) : `${key.slice('lid:'.length)}_reverse`
  return {
    get: (key) => latest.get(key) ?? lookup(storedUnder(key)),
    set: (key, value) => latest.set(key, value),
    clear: () => {
      latest = new BoundedMap(rememberedMappings)
    },
    size: () => latest.size,
  }
}

/** Puts a cache in the place of Baileys' own. */
export function replaceMappingCache(lidMapping: object, cache: MappingCache): void {
  if (!Reflect.has(lidMapping, 'mappingCache')) throw new Error('this version of Baileys caches LIDs elsewhere')
  Reflect.set(lidMapping, 'mappingCache', cache)
}
