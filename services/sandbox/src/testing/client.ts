/** A stock Baileys client for tests: nothing is set but where WhatsApp is. */
import makeWASocket, {
  type AuthenticationState,
  type BaileysEventMap,
  type ConnectionState,
  initAuthCreds,
  type SignalDataTypeMap,
  type UserFacingSocketConfig,
  type WAMessage,
  type WASocket,
} from '@whiskeysockets/baileys'

const silent = { level: 'silent', child: () => silent, trace() {}, debug() {}, info() {}, warn() {}, error() {} }

export type TestClient = {
  auth: AuthenticationState
  /** The current socket; a new one after each `connect`. */
  socket(): WASocket
  /** Every `messages.upsert` entry, over all connections. */
  received: WAMessage[]
  /** Every `messages.update` entry. */
  updates: BaileysEventMap['messages.update']
  /** The highest status seen of one of its own messages, in Baileys' numbers: 2 sent, 3 delivered, 4 read. */
  statusOf(id: string): number
  /** Ids of acked messages, with the error if there was one. */
  acks: { id: string; error: string | undefined }[]
  /** The status code of each disconnect. */
  disconnects: number[]
  connect(): void
  /** Waits for the next QR string that was not returned before. */
  qr(): Promise<string>
  /** Waits until the connection is open. */
  open(): Promise<void>
  /** Waits until there is no connection and returns the status code of the last disconnect. */
  closed(): Promise<number>
  end(): void
}

export type ClientOptions = Partial<UserFacingSocketConfig> & { auth?: AuthenticationState }

/** Connects at once, and reconnects by itself only when the server asks for it after pairing (515). */
export function createClient(wsUrl: string, { auth = memoryAuth(), ...options }: ClientOptions = {}): TestClient {
  const qrs: string[] = []
  let socket: WASocket
  let isOpen = false

  const client: TestClient = {
    auth,
    socket: () => socket,
    received: [],
    updates: [],
    acks: [],
    disconnects: [],
    connect() {
      socket = makeWASocket({ auth, logger: silent, waWebSocketUrl: wsUrl, ...options })
      const own = socket
      own.ev.on('creds.update', (update) => Object.assign(auth.creds, update))
      own.ev.on('connection.update', (update) => onConnection(own, update))
      own.ev.on('messages.upsert', ({ messages }) => client.received.push(...messages))
      own.ev.on('messages.update', (updates) => client.updates.push(...updates))
      own.ws.on('CB:ack,class:message', ({ attrs }) => client.acks.push({ id: attrs.id, error: attrs.error }))
    },
    statusOf(id) {
      const own = client.received.filter(({ key }) => key.id === id && key.fromMe).map(({ status }) => status ?? 0)
      const raised = client.updates.filter(({ key }) => key.id === id).map(({ update }) => update.status ?? 0)
      return Math.max(0, ...own, ...raised)
    },
    async qr() {
      await until(() => qrs.length > 0, 'a QR string')
      return qrs.shift() ?? ''
    },
    open: () => until(() => isOpen, 'an open connection'),
    async closed() {
      await until(() => client.disconnects.length > 0 && !isOpen, 'a closed connection')
      return client.disconnects.at(-1) ?? 0
    },
    end: () => void socket.end(undefined),
  }

  const onConnection = (own: WASocket, { qr, connection, lastDisconnect }: Partial<ConnectionState>) => {
    if (own !== socket) return
    if (qr) qrs.push(qr)
    if (connection === 'open') isOpen = true
    if (connection === 'close') {
      isOpen = false
      const code = statusCode(lastDisconnect?.error)
      if (code === 515) client.connect()
      else client.disconnects.push(code)
    }
  }
  client.connect()
  return client
}

export function memoryAuth(): AuthenticationState {
  const tables = new Map<string, Map<string, unknown>>()
  return {
    creds: initAuthCreds(),
    keys: {
      get<T extends keyof SignalDataTypeMap>(type: T, ids: string[]) {
        const found: Record<string, SignalDataTypeMap[T]> = {}
        for (const id of ids) {
          const value = tables.get(type)?.get(id)
          if (value !== undefined) found[id] = value as SignalDataTypeMap[T]
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

/** Waits for a condition, looking again every few milliseconds; fails loudly at the deadline. */
export async function until(condition: () => boolean, what: string, deadlineMs = 15_000): Promise<void> {
  const endMs = Date.now() + deadlineMs
  while (!condition()) {
    if (Date.now() > endMs) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function statusCode(error: Error | undefined): number {
  const output = error && 'output' in error ? (error.output as { statusCode?: number }) : undefined
  return output?.statusCode ?? 0
}
