import type { PackedKeys } from './packed-keys.ts'

/**
 * The other name of a person, as Baileys keeps it among the Signal keys: a phone number's LID by the number, a LID's phone
 * number by `<lid>_reverse`.
 */
export const lookupIn =
  (memory: { keys: PackedKeys }) =>
  (id: string): string | undefined => {
    const other = memory.keys.get('lid-mapping', id)
    return typeof other === 'string' ? other : undefined
  }
