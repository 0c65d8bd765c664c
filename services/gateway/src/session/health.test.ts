import { sessionHealth } from '@wagate/api/session-health.ts'
import { BrokerUnavailable } from '@wagate/runtime/errors.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

const facts = (at: Date) => ({
  checkedAt: at.toISOString(),
  owner: 'wrk_secret-eng-1',
  version: '2.3000.1',
  lastFrameAt: new Date(at.getTime() - 4_000).toISOString(),
  failuresLastHour: 1,
  lastFailure: { code: 428, reason: 'connection closed', at: at.toISOString() },
  restrictions: [],
  queued: 3,
  unacknowledged: 1,
})

test('the worker is asked, and what it answers is shown, but not who it is', async () => {
  const asked: string[] = []
  const world = await createWorld({
    publishCommand: async ({ type }) => {
      asked.push(type)
      await world.setState(world.ours.tenantId, world.ours.params.session_id, { health: facts(new Date()) })
    },
  })
  const { request, ours } = world
  const path = `/v1/sessions/${ours.params.session_id}/health`
  const answer = await request(ours.key, 'GET', path)
  expect(answer.status).toBe(200)
  const text = await answer.text()
  expect(text).not.toContain('wrk_secret')
  expect(sessionHealth.parse(JSON.parse(text))).toMatchObject({
    verdict: 'healthy',
    findings: [],
    status: 'connected',
    last_frame_age_seconds: 4,
    reconnects_last_hour: 1,
    last_disconnect: { code: 428, reason: 'connection closed' },
    new_chats_locked: false,
    queue: { waiting: 3, unacknowledged: 1, full: false },
    whatsapp_version: '2.3000.1',
  })
  expect((await request(ours.key, 'GET', path)).status).toBe(200)
  expect(asked).toEqual(['session.check']) // so young an answer is not asked for again
})

test('without an answer, what is known is shown with its age, and that is a finding', async () => {
  const { request, ours, setState } = await createWorld()
  await setState(ours.tenantId, ours.params.session_id, { health: facts(new Date(Date.now() - 120_000)) })
  const answer = await request(ours.key, 'GET', `/v1/sessions/${ours.params.session_id}/health`)
  expect(await answer.json()).toMatchObject({ verdict: 'degraded', findings: [{ code: 'no_answer' }] })
})

test('without the broker, what is known is shown', async () => {
  const { request, ours } = await createWorld({
    publishCommand: async () => {
      throw new BrokerUnavailable('timeout', { mayHaveHappened: true })
    },
  })
  const answer = await request(ours.key, 'GET', `/v1/sessions/${ours.params.session_id}/health`)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ status: 'connected', checked_at: null })
})
