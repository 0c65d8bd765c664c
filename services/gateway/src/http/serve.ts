// Node's HTTP server around the app. What is not even HTTP is answered with a problem too.
import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { DomainError, problemResponse } from './problem.ts'

export type HttpServer = { port: number; close(): Promise<void> }

export type ServeOptions = {
  fetch: Parameters<typeof getRequestListener>[0]
  host: string
  /** 0 takes a free one. */
  port: number
  newId: () => string
}

/** Resolves when it listens. `close` lets requests in flight end and closes each connection as it becomes idle. */
export async function serveHttp({ fetch, host, port, newId }: ServeOptions): Promise<HttpServer> {
  const server = createServer(getRequestListener(fetch, { errorHandler: () => notHttp(newId()) }))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => void refuse(error, socket, newId()))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const sweep = setInterval(() => server.closeIdleConnections(), 50)
      server.close(() => {
        clearInterval(sweep)
        resolve()
      })
      return promise
    },
  }
}

const notHttp = (requestId: string): Response =>
  problemResponse(
    new DomainError('invalid-request', 'This is not a valid HTTP request: check its first line and the Host header.'),
    requestId,
    { 'x-request-id': requestId },
  )

/** By hand: for what the parser refused there is no response object. */
async function refuse(error: NodeJS.ErrnoException, socket: Duplex, requestId: string): Promise<void> {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const body = await notHttp(requestId).text()
  const head = `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`
  socket.end(`${head}\r\n\r\n${body}`)
}
