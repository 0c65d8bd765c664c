// A socket that reads and writes the session's memory: Signal keys, credentials, what was sent, what was received.
import { lookupIn } from '../log/aliases.ts'
import type { Memory } from '../log/memory.ts'
import type { LogRecord } from '../log/records.ts'
import { readMessage } from '../message/read.ts'
import type { Route } from '../proxy/route.ts'
import { openCredentials, packCredentials } from '../signal/credentials.ts'
import { createKeyStore } from '../signal/key-store.ts'
import type { GateLog } from './gate.ts'
import { openSocket, type SocketEvents, type WhatsAppSocket, type WhatsAppVersion } from './socket.ts'

export type OpenDeps = {
  url: string | undefined
  version: WhatsAppVersion | undefined
  /** Through a proxy; directly when undefined. */
  route: Pick<Route, 'open'> | undefined
  memory: Memory
  log: GateLog
  append: (records: LogRecord[]) => void
  now: () => Date
  on: Omit<SocketEvents, 'credsChanged'>
}

export function openSessionSocket({ url, version, route, memory, log, append, now, on }: OpenDeps): WhatsAppSocket {
  const creds = openCredentials(memory.creds)
  // Baileys tells of changes that are none for us, such as a pairing code.
  const writeCredentials = (): void => {
    const packed = packCredentials(creds)
    if (memory.creds && Buffer.compare(packed, memory.creds) === 0) return
    append([{ kind: 'KEYS', mutations: {}, creds: packed }])
  }
  if (!memory.creds) writeCredentials()
  return openSocket({
    url,
    version,
    route,
    creds,
    keys: createKeyStore({
      keys: memory.keys,
      write: (mutations, inbox) => append([{ kind: 'KEYS', mutations, ...(inbox.length > 0 ? { inbox } : {}) }]),
    }),
    log,
    lookup: lookupIn(memory),
    nowMs: () => now().getTime(),
    plaintextOf: (hash) => memory.inbox.get(hash),
    readMessage: (attrs, plaintext) =>
      readMessage(attrs, plaintext, { party: memory.account, lookup: lookupIn(memory) }, now().getTime()),
    sentText: (waMessageId) => {
      const content = memory.sent.get(waMessageId)?.message.content
      return content?.type === 'text' ? content.text.body : undefined
    },
    on: { ...on, credsChanged: writeCredentials },
  })
}
