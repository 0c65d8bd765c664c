import { expect, test } from 'vitest'
import { type Holdings, misfits } from './fit.ts'

const few: Holdings = {
  liveSessions: 1,
  sandboxSessions: 10,
  apiKeys: { test: 10, live: 10 },
  webhookEndpoints: { test: 5, live: 5 },
  members: 2,
}

test('what is exactly as much as the plan allows fits', () => {
  expect(misfits('basic', few)).toEqual([])
})

test('everything that is too much is told at once, with how many to remove and how', () => {
  const much = { ...few, liveSessions: 3, apiKeys: { test: 5, live: 12 }, webhookEndpoints: { test: 6, live: 0 } }
  expect(misfits('basic', much)).toEqual([
    {
      path: 'live_sessions',
      message: 'BASIC has 1 live session, you have 3: remove 2 (DELETE /v1/sessions/{id}).',
    },
    { path: 'api_keys', message: 'BASIC has 10 live API keys, you have 12: remove 2 (DELETE /v1/api-keys/{id}).' },
    {
      path: 'webhook_endpoints',
      message: 'BASIC has 5 test webhook endpoints, you have 6: remove 1 (DELETE /v1/webhooks/{id}).',
    },
  ])
  expect(misfits('pro', much)).toEqual([])
})
