// A TCP proxy that can stop passing bytes, in one direction or both, without closing anything: what a firewall does.
import { connect, createServer, type Socket } from 'node:net'

export type Direction = 'both' | 'to_broker' | 'from_broker'

export type CuttableProxy = {
  url: string
  block(direction: Direction): void
  /** Closes what was blocked and lets new connections pass. */
  heal(): void
  close(): Promise<void>
}

export async function cuttableProxy(port: number): Promise<CuttableProxy> {
  const sockets = new Set<Socket>()
  let blocked: Direction | undefined
  const blocks = (direction: Direction) => blocked === 'both' || blocked === direction
  const server = createServer((client) => {
    const upstream = connect({ port, host: '127.0.0.1' })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        // The other side of a cut line hears nothing of it.
        if (blocked === undefined) for (const end of [client, upstream]) end.destroy()
      })
    }
    client.on('data', (bytes) => blocks('to_broker') || upstream.write(bytes))
    upstream.on('data', (bytes) => blocks('from_broker') || client.write(bytes))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const listening = address !== null && typeof address === 'object' ? address.port : 0
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `nats://127.0.0.1:${listening}`,
    block(direction) {
      blocked = direction
    },
    heal() {
      if (blocked === undefined) return
      blocked = undefined
      cut()
    },
    async close() {
      cut()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
