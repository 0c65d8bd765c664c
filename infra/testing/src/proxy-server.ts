// A proxy for tests: HTTP CONNECT and SOCKS5 on one port of the loopback interface, with real traffic through it. It counts what
// goes through, wants credentials, and goes away and comes back as told.
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

export type ProxyServer = {
  port: number
  /** For one who has the credentials. */
  url: (scheme?: 'http' | 'https' | 'socks5' | 'socks5h') => string
  /** `host:port` of everything that it was asked to connect to, in order; refused ones too. */
  asked: string[]
  /** How many logins were wrong. */
  refused: () => number
  /** Connections of clients that are open now. */
  clients: () => number
  /** Bytes that went through, both ways together. */
  bytes: () => number
  /** Takes connections and never answers. */
  stall: (stalls: boolean) => void
  /** Answers so instead of connecting. */
  answer: (status: number | undefined) => void
  /** Cuts every connection and takes no more. */
  stop: () => Promise<void>
  /** Again on the same port. */
  start: () => Promise<void>
} & AsyncDisposable

export type ProxyServerOptions = {
  credentials?: { username: string; password: string }
  /** Speaks TLS to its clients. */
  tls?: { key: string; cert: string }
}

const socksOf = { greeting: 5, wantsPassword: 2, noMethod: 0xff, granted: 0, failed: 5 } as const

export async function startProxy({ credentials, tls }: ProxyServerOptions = {}): Promise<ProxyServer> {
  const asked: string[] = []
  const open = new Set<Socket>()
  let [refused, bytes, stalls, port] = [0, 0, false, 0]
  let status: number | undefined
  let server: Server | undefined

  const isKnown = (username: string, password: string): boolean => {
    const known = !credentials || (credentials.username === username && credentials.password === password)
    if (!known) refused += 1
    return known
  }

  function connectTo(host: string, at: number, client: Socket, answer: (connected: boolean) => void): void {
    asked.push(`${host}:${at}`)
    if (status !== undefined) {
      answer(false)
      return
    }
    const upstream = dial(at, host)
    let connected = false
    open.add(upstream)
    const count = (chunk: Buffer): void => {
      bytes += chunk.length
    }
    upstream.once('connect', () => {
      connected = true
      answer(true)
      client.on('data', count).pipe(upstream)
      upstream.on('data', count).pipe(client)
    })
    upstream.on('error', () => connected || answer(false))
    upstream.on('close', () => {
      open.delete(upstream)
      if (connected) client.destroy()
    })
    client.on('close', () => upstream.destroy())
  }

  async function serve(client: Socket): Promise<void> {
    open.add(client)
    client.on('error', () => {}).on('close', () => open.delete(client))
    if (stalls) {
      client.resume() // else it would not notice that the client goes
      return
    }
    const bytesOf = reader(client)
    const [first = 0] = await bytesOf(1)
    await (first === socksOf.greeting ? serveSocks(client, bytesOf) : serveHttp(client, bytesOf, first))
  }

  async function serveHttp(client: Socket, bytesOf: ReadBytes, first: number): Promise<void> {
    let head = String.fromCharCode(first)
    while (!head.endsWith('\r\n\r\n')) head += (await bytesOf(1)).toString('latin1')
    const [, host = '', at = ''] = /^CONNECT \[?([^\s\]]+)\]?:(\d+) HTTP/.exec(head) ?? []
    const login = /proxy-authorization: Basic (\S+)/i.exec(head)?.[1] ?? ''
    const [username = '', ...rest] = Buffer.from(login, 'base64').toString().split(':')
    const reply = (code: number): void => {
      client.write(`HTTP/1.1 ${code} so\r\nContent-Length: 0\r\n\r\n`)
      if (code !== 200) client.end()
    }
    if (!isKnown(username, rest.join(':'))) reply(407)
    else connectTo(host, Number(at), client, (connected) => reply(connected ? 200 : (status ?? 502)))
  }

  async function serveSocks(client: Socket, bytesOf: ReadBytes): Promise<void> {
    const [methods = 0] = await bytesOf(1)
    const offered = await bytesOf(methods)
    const wanted = credentials ? socksOf.wantsPassword : 0
    if (!offered.includes(wanted)) {
      refused += 1
      return void client.end(Buffer.from([5, socksOf.noMethod]))
    }
    client.write(Buffer.from([5, wanted]))
    if (credentials) {
      await bytesOf(1)
      const username = (await bytesOf((await bytesOf(1))[0] ?? 0)).toString()
      const password = (await bytesOf((await bytesOf(1))[0] ?? 0)).toString()
      if (!isKnown(username, password)) return void client.end(Buffer.from([1, 1]))
      client.write(Buffer.from([1, 0]))
    }
    const [, , , kind = 0] = await bytesOf(4)
    const host =
      kind === 3
        ? (await bytesOf((await bytesOf(1))[0] ?? 0)).toString()
        : [...(await bytesOf(kind === 1 ? 4 : 16))].join('.')
    const at = (await bytesOf(2)).readUInt16BE()
    connectTo(host, at, client, (connected) => {
      client.write(Buffer.from([5, connected ? socksOf.granted : socksOf.failed, 0, 1, 0, 0, 0, 0, 0, 0]))
      if (!connected) client.end()
    })
  }

  const start = (): Promise<void> => {
    const listener = (client: Socket): void => void serve(client).catch(() => client.destroy())
    const next = tls ? createTlsServer(tls, listener) : createServer(listener)
    server = next
    return new Promise((resolve, reject) => {
      next.once('error', reject)
      next.listen(port, '127.0.0.1', () => {
        const address = next.address()
        port = address !== null && typeof address === 'object' ? address.port : 0
        resolve()
      })
    })
  }
  const stop = (): Promise<void> => {
    const stopped = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
    server = undefined
    for (const socket of open) socket.destroy()
    return stopped
  }

  await start()
  return {
    port,
    url: (scheme = tls ? 'https' : 'http') => {
      const login = credentials
        ? `${encodeURIComponent(credentials.username)}:${encodeURIComponent(credentials.password)}@`
        : ''
      return `${scheme}://${login}127.0.0.1:${port}`
    },
    ...{ asked, start, stop },
    refused: () => refused,
    clients: () => [...open].filter((socket) => socket.localPort === port).length,
    bytes: () => bytes,
    stall: (next) => {
      stalls = next
    },
    answer: (next) => {
      status = next
    },
    [Symbol.asyncDispose]: stop,
  }
}

type ReadBytes = (count: number) => Promise<Buffer>

/** Exactly so many bytes, and leaves the rest in the socket. */
function reader(socket: Socket): ReadBytes {
  return async (count) => {
    if (count === 0) return Buffer.alloc(0)
    for (;;) {
      const found: Buffer | null = socket.read(count)
      if (found) return found
      if (socket.destroyed || socket.readableEnded) throw new Error('the client went away')
      await new Promise<void>((resolve) => {
        const go = (): void => {
          for (const event of ['readable', 'end', 'close']) socket.off(event, go)
          resolve()
        }
        for (const event of ['readable', 'end', 'close']) socket.once(event, go)
      })
    }
  }
}
