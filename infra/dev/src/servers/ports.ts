import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })

// Below the range that the kernel takes the ports of outgoing connections from: a port found free stays free long enough
// for its server to bind it, even with many tests and clients about.
const [lowest, highest] = [20_000, 32_000]

/** `preferred` if nothing listens there, otherwise another free port, of the loopback interface. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(lowest, highest)
    if (await isFree(port)) return port
  }
  throw new Error(`no free port from ${lowest} to ${highest} on 127.0.0.1`)
}
