import { createLogger } from '@wagate/runtime/logger.ts'
import { createMetrics } from '@wagate/runtime/metrics.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'
import { createObserve } from './observe.ts'

async function observed(overrides: Parameters<typeof createWorld>[0] = {}, sample = 1) {
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const logger = createLogger({ service: 'gateway', destination })
  const metrics = createMetrics({ service: 'gateway', processMetrics: false })
  const observe = createObserve({ logger, metrics, sample, random: () => 0.5 })
  return { ...(await createWorld({ ...overrides, observe })), lines, metricsText: () => metrics.text() }
}

test('a request is one line with what it was and how it ended, and nothing of what was said', async () => {
  const { request, ours, lines, metricsText } = await observed()
  const body = { to: '+999100200300', type: 'text', text: { body: 'a private word' } }
  await request(ours.key, 'POST', `/v1/sessions/${ours.params.session_id}/messages`, body, { 'x-request-id': 'r1' })
  expect(lines).toMatchObject([
    {
      ...{ event: 'http.request', requestId: 'r1', method: 'POST', route: '/v1/sessions/{session_id}/messages' },
      ...{ status: 202, durationMs: expect.any(Number), tenantId: ours.tenantId },
    },
  ])
  for (const secret of ['a private word', '+999100200300', ours.key])
    expect(JSON.stringify(lines)).not.toContain(secret)
  expect(await metricsText()).toContain(
    'wagate_http_request_duration_seconds_count{service="gateway",method="POST",route="/v1/sessions/{session_id}/messages",status="202"',
  )
})

test('what a driver quotes in its error does not reach the log; its message does', async () => {
  const failure = Object.assign(new Error('null value in column "url"'), {
    code: '23502',
    detail: 'row contains (a private word)',
  })
  const wrapped = new Error('Failed query, params: a private word', { cause: failure })
  const { request, ours, lines, views } = await observed().then(async (world) => ({
    ...world,
    views: world.deps.views,
  }))
  views.findMessage = async () => {
    throw wrapped
  }
  expect((await request(ours.key, 'GET', `/v1/messages/${ours.params.message_id}`)).status).toBe(500)
  expect(lines).toMatchObject([
    { level: 'error', problem: 'internal', cause: { code: '23502', message: 'null value in column "url"' } },
  ])
  expect(JSON.stringify(lines)).not.toContain('a private word')
})

test('good requests are sampled, refused ones always kept', async () => {
  const { request, ours, lines } = await observed({}, 0.1)
  await request(ours.key, 'GET', '/v1/sessions')
  expect(lines).toEqual([])
  await request(undefined, 'GET', '/v1/sessions')
  expect(lines).toMatchObject([{ status: 401, problem: 'api-key-missing' }])
})
