import { createServer } from 'node:net'

const listen = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined))
    })
  })

/** `preferred` if nothing listens there, otherwise any free port of the loopback interface. */
export async function freePort(preferred = 0): Promise<number> {
  const port = (await listen(preferred)) ?? (await listen(0))
  if (port === undefined) throw new Error('no free port on 127.0.0.1')
  return port
}
