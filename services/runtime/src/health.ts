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
  const server = createServer((request, response) => {
    void respond(request.url ?? '/').then(({ status, type, body }) => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
    })
  })
  const respond = async (url: string) => {
    const path = url.split('?')[0]
    if (path === '/healthz') return json(200, { status: 'alive' })
    if (path === '/readyz') {
      const readiness = await readinessOf(options.ready)
      return json(readiness.ready ? 200 : 503, readiness)
    }
    if (path === '/metrics')
      return { status: 200, type: options.metrics.contentType, body: await options.metrics.text() }
    return json(404, { status: 'not found' })
  }
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

const json = (status: number, body: unknown) => ({ status, type: 'application/json', body: JSON.stringify(body) })

const portOf = (address: AddressInfo | string | null): number =>
  address !== null && typeof address === 'object' ? address.port : 0
