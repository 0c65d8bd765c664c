// GET /healthz: the process runs. GET /readyz: it can do its work. GET /metrics: Prometheus text.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Metrics } from './metrics.ts'

/** Why the service cannot work now, by part; empty when it can. */
export type Readiness = { ready: boolean; waitingFor?: string[] }

export type HealthServer = { port: number; close(): Promise<void> }

export async function serveHealth(options: {
  host: string
  /** 0 picks a free one. */
  port: number
  ready(): Readiness | Promise<Readiness>
  metrics: Metrics
}): Promise<HealthServer> {
  const respond = async (url: string): Promise<Answer> => {
    const path = url.split('?')[0]
    if (path === '/healthz') return json(200, { status: 'alive' })
    if (path === '/metrics')
      return { status: 200, type: options.metrics.contentType, body: await options.metrics.text() }
    if (path !== '/readyz') return json(404, { status: 'not found' })
    const readiness = await readinessOf(options.ready)
    return json(readiness.ready ? 200 : 503, readiness)
  }
  const server = createServer(async (request, response) => {
    const answer = await respond(request.url ?? '/').catch(() => json(500, { status: 'error' }))
    response.writeHead(answer.status, { 'content-type': answer.type, 'cache-control': 'no-store' }).end(answer.body)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  return {
    port: portOf(server.address()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** For services that mount the probes into a server of their own. A check that throws is a service that is not ready. */
export async function readinessOf(ready: () => Readiness | Promise<Readiness>): Promise<Readiness> {
  try {
    return await ready()
  } catch {
    return { ready: false, waitingFor: ['readiness check'] }
  }
}

type Answer = { status: number; type: string; body: string }

const json = (status: number, body: unknown): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
})

const portOf = (address: AddressInfo | string | null): number =>
  address !== null && typeof address === 'object' ? address.port : 0
