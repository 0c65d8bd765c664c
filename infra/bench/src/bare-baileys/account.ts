// One account on stock Baileys: its own defaults, a key store in memory, and counters. Nothing is tuned but the log.
import { setTimeout as pause } from 'node:timers/promises'
import makeWASocket, {
  type AuthenticationState,
  type BinaryNode,
  initAuthCreds,
  type SignalDataTypeMap,
  type WASocket,
} from '@whiskeysockets/baileys'

export type Account = {
  /** Resolves when the message was handed over. */
  send: (number: string, text: string) => Promise<void>
  counts: { acknowledged: number; delivered: number; received: number }
}

const silent = { level: 'silent', child: () => silent, trace() {}, debug() {}, info() {}, warn() {}, error() {} }
const linkWithinMs = 60_000

/** Links the account: `scan` is called with the QR string once, as a person would with a phone. */
export async function linkAccount(wsUrl: string, scan: (qr: string) => Promise<unknown>): Promise<Account> {
  const auth = memoryAuth()
  const counts = { acknowledged: 0, delivered: 0, received: 0 }
  let scanned = false
  let isOpen = false
  let failure: unknown
  const fail = (error: unknown): void => {
    failure ??= error
  }

  const connect = (): WASocket => {
    const socket = makeWASocket({ auth, logger: silent, waWebSocketUrl: wsUrl })
    socket.ev.on('creds.update', (update) => Object.assign(auth.creds, update))
    socket.ev.on('connection.update', ({ qr, connection, lastDisconnect }) => {
      if (qr && !scanned) {
        scanned = true
        scan(qr).catch(fail)
      }
      if (connection === 'open') isOpen = true
      if (connection !== 'close') return
      if (codeOf(lastDisconnect?.error) === 515) current = connect()
      else fail(lastDisconnect?.error ?? new Error('the connection closed'))
    })
    socket.ev.on('messages.upsert', ({ messages }) => {
      for (const { key, message } of messages) if (!key.fromMe && message) counts.received += 1
    })
    socket.ws.on('CB:ack,class:message', ({ attrs }: BinaryNode) => {
      if (attrs.error) fail(new Error(`a message was refused with ${attrs.error}`))
      counts.acknowledged += 1
    })
    socket.ws.on('CB:receipt', ({ attrs, content }: BinaryNode) => {
      if (attrs.type !== undefined || attrs.recipient) return
      const list = Array.isArray(content) ? content.find(({ tag }) => tag === 'list') : undefined
      counts.delivered += 1 + (Array.isArray(list?.content) ? list.content.length : 0)
    })
    return socket
  }

  let current = connect()
  const deadlineMs = performance.now() + linkWithinMs
  while (!isOpen || auth.creds.accountSyncCounter === 0) {
    if (failure) throw failure
    if (performance.now() > deadlineMs) throw new Error('bare Baileys did not link in time')
    await pause(5)
  }
  return {
    counts,
    async send(number, text) {
      if (failure) throw failure
      await current.sendMessage(`${number.slice(1)}@s.whatsapp.net`, { text })
    },
  }
}

function memoryAuth(): AuthenticationState {
  const tables = new Map<string, Map<string, unknown>>()
  return {
    creds: initAuthCreds(),
    keys: {
      get<Type extends keyof SignalDataTypeMap>(type: Type, ids: string[]) {
        const table = tables.get(type)
        const found: { [id: string]: SignalDataTypeMap[Type] } = {}
        for (const id of ids) {
          const value = table?.get(id)
          if (value !== undefined) Object.assign(found, { [id]: value })
        }
        return found
      },
      set(data) {
        for (const [type, entries] of Object.entries(data)) {
          const table = tables.get(type) ?? new Map<string, unknown>()
          tables.set(type, table)
          for (const [id, value] of Object.entries(entries ?? {})) {
            if (value === null) table.delete(id)
            else table.set(id, value)
          }
        }
      },
    },
  }
}

function codeOf(error: Error | undefined): unknown {
  const output: unknown = error && Reflect.get(error, 'output')
  return typeof output === 'object' && output !== null ? Reflect.get(output, 'statusCode') : undefined
}
