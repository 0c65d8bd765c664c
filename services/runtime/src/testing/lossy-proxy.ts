// A TCP proxy that loses what the server sends: deliveries that the server believes in and nobody received.
import { connect, createServer, type Socket } from 'node:net'

export type LossyProxy = {
  url: string
  /** From now on nothing from the server arrives. */
  swallow(): void
  /** Breaks the connections; new ones work again. */
  cut(): void
} & AsyncDisposable

export async function lossyProxy(target: { port: number }): Promise<LossyProxy> {
  const sockets = new Set<Socket>()
  let swallowing = false
  const server = createServer((client) => {
    const upstream = connect({ port: target.port, host: '127.0.0.1' })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (data) => upstream.write(data))
    upstream.on('data', (data) => {
      if (!swallowing) client.write(data)
    })
  })
  const cut = () => {
    swallowing = false
    for (const socket of sockets) socket.destroy()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return {
    url: `nats://127.0.0.1:${port}`,
    swallow() {
      swallowing = true
    },
    cut,
    async [Symbol.asyncDispose]() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
