// A webhook receiver with scripted answers: a real HTTP server on the loopback interface.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'

export type Received = { path: string; headers: IncomingHttpHeaders; body: string; atMs: number }

/** A status, a status with headers and body, or `hang`: accept the request and answer only when `release` is called. */
export type Answer = number | 'hang' | ((response: ServerResponse) => void)

/** `answer` is asked for each request; it gets the number of requests of that path before this one. */
export async function startReceiver(answer: (request: Received, before: number) => Answer = () => 204) {
  const requests: Received[] = []
  const hanging: ServerResponse[] = []
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const path = incoming.url ?? '/'
      const received = {
        path,
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString(),
        atMs: performance.now(),
      }
      const before = requests.filter((request) => request.path === path).length
      requests.push(received)
      const decided = answer(received, before)
      if (decided === 'hang') hanging.push(response)
      else if (typeof decided === 'function') decided(response)
      else response.writeHead(decided).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    release: (): void => hanging.splice(0).forEach((response) => void response.writeHead(204).end()),
    /** Bodies received at a path. */
    bodiesAt: (path: string) => requests.filter((request) => request.path === path).map(({ body }) => JSON.parse(body)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
