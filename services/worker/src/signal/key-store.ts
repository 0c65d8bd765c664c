// Signal state in memory, written to the log as it changes. `get` never waits for anything: libsignal queues by contact
// across all sessions of a process, so a slow read of one tenant would delay another (docs/adr/0005-session-log.md).
import { AsyncLocalStorage } from 'node:async_hooks'
import { proto, type SignalDataSet, type SignalDataTypeMap, type SignalKeyStore } from '@whiskeysockets/baileys'
import { type PackedKeys, packMutations } from '../log/packed-keys.ts'
import type { InboxEntry, KeyMutations } from '../log/records.ts'

/** The message whose decryption causes the key changes of this context, if one does. */
export const decrypting = new AsyncLocalStorage<{ entry?: InboxEntry }>()

export type KeyStoreDeps = {
  keys: PackedKeys
  /** Applies the changes to the memory and begins their append; frames sent later wait until it is stored. */
  write: (mutations: KeyMutations, inbox: InboxEntry[]) => void
}

/** Protobuf objects are made whole again. */
function revive(type: string, value: unknown): unknown {
  if (type === 'app-state-sync-key' && typeof value === 'object' && value !== null) {
    return proto.Message.AppStateSyncKeyData.fromObject(value)
  }
  return value
}

export function createKeyStore(deps: KeyStoreDeps): SignalKeyStore {
  return {
    get<Type extends keyof SignalDataTypeMap>(type: Type, ids: string[]) {
      const found: { [id: string]: SignalDataTypeMap[Type] } = {}
      for (const id of ids) {
        const value = deps.keys.get(type, id)
        if (value !== undefined) Object.assign(found, { [id]: revive(type, value) })
      }
      return found
    },
    set(data: SignalDataSet) {
      const entry = decrypting.getStore()?.entry
      deps.write(packMutations(data), entry ? [entry] : [])
    },
  }
}
