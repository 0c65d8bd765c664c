import type { SignalDataSet, SignalDataTypeMap, SignalKeyStoreWithTransaction } from '@whiskeysockets/baileys'

export type SignalMemory = SignalKeyStoreWithTransaction & {
  hasSession(address: string): boolean
  /** Everything, to give to `createSignalMemory` again. */
  tables(): SignalTables
}

export type SignalTables = Map<string, Map<string, unknown>>

/**
 * One phone's Signal state, in memory. Writes are immediate, so a transaction has nothing to hold back: libsignal stores a session
 * only after the operation on it succeeded, and runs the operations of one address one after the other.
 */
export function createSignalMemory(tables: SignalTables = new Map()): SignalMemory {
  return {
    get<T extends keyof SignalDataTypeMap>(type: T, ids: string[]) {
      const table = tables.get(type) as Map<string, SignalDataTypeMap[T]> | undefined
      const found: Record<string, SignalDataTypeMap[T]> = {}
      for (const id of ids) {
        const value = table?.get(id)
        if (value !== undefined) found[id] = value
      }
      return found
    },
    set(data: SignalDataSet) {
      for (const [type, entries] of Object.entries(data)) {
        const table = tables.get(type) ?? new Map<string, unknown>()
        tables.set(type, table)
        for (const [id, value] of Object.entries(entries ?? {})) {
          if (value === null) table.delete(id)
          else table.set(id, value)
        }
      }
    },
    isInTransaction: () => false,
    transaction: (work) => work(),
    hasSession: (address) => tables.get('session')?.has(address) ?? false,
    tables: () => tables,
  }
}
