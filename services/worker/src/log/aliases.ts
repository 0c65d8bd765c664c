/**
 * The other name of a person, as Baileys keeps it among the Signal keys: a phone number's LID by the number, a LID's phone
 * number by `<lid>_reverse`.
 */
export const lookupIn =
  (memory: { keys: Map<string, Map<string, unknown>> }) =>
  (id: string): string | undefined => {
    const other = memory.keys.get('lid-mapping')?.get(id)
    return typeof other === 'string' ? other : undefined
  }
