// Probes and metrics. Not for the internet: the proxy in front passes /v1, /docs, /openapi.json and /problems only.
import { type Readiness, readinessOf } from '@wagate/runtime/health.ts'
import type { App } from '../app.ts'

export type HealthDeps = {
  ready: () => Readiness | Promise<Readiness>
  metrics: { contentType: string; text(): Promise<string> }
}

export function healthRoutes(app: App, deps: HealthDeps): void {
  app.get('/healthz', (c) => c.json({ status: 'alive' }))
  app.get('/readyz', async (c) => {
    const readiness = await readinessOf(deps.ready)
    return c.json(readiness, readiness.ready ? 200 : 503)
  })
  app.get('/metrics', async (c) => c.body(await deps.metrics.text(), 200, { 'content-type': deps.metrics.contentType }))
}
