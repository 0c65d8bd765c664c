import { expect, test } from 'vitest'
import { type Readiness, serveHealth } from './health.ts'
import { createMetrics } from './metrics.ts'

test('the probes tell alive from ready, and metrics are there', async () => {
  const metrics = createMetrics({ service: 'worker', processMetrics: false })
  metrics.counter('commands_total', 'Commands handled.', ['outcome']).inc({ outcome: 'done' }, 3)
  metrics.histogram('handle_seconds', 'Time to handle.').observe(0.02)
  metrics.gauge('sessions', 'Sessions hosted.').set(7)
  let readiness: () => Readiness = () => ({ ready: false, waitingFor: ['nats'] })
  const health = await serveHealth({ host: '127.0.0.1', port: 0, ready: () => readiness(), metrics })
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${health.port}${path}`)
    return { status: response.status, body: await response.text() }
  }
  expect((await get('/healthz')).status).toBe(200)
  expect(await get('/readyz')).toEqual({ status: 503, body: '{"ready":false,"waitingFor":["nats"]}' })
  readiness = () => ({ ready: true })
  expect((await get('/readyz?verbose')).status).toBe(200)
  readiness = () => {
    throw new Error('a check that breaks')
  }
  expect((await get('/readyz')).status).toBe(503)
  const { body } = await get('/metrics')
  expect(body).toContain('wagate_commands_total{outcome="done",service="worker"} 3')
  expect(body).toContain('wagate_handle_seconds_bucket{le="0.025",service="worker"} 1')
  expect(body).toContain('wagate_sessions{service="worker"} 7')
  expect((await get('/else')).status).toBe(404)
  await health.close()
})

test('a port that is taken is an error of the start', async () => {
  const metrics = createMetrics({ service: 'worker', processMetrics: false })
  const health = await serveHealth({ host: '127.0.0.1', port: 0, ready: () => ({ ready: true }), metrics })
  const second = serveHealth({ host: '127.0.0.1', port: health.port, ready: () => ({ ready: true }), metrics })
  await expect(second).rejects.toThrow('EADDRINUSE')
  await health.close()
})
