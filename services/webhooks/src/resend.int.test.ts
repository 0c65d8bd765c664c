// What the gateway writes when somebody has a delivery resent, or an endpoint tested, and what the service makes of it.

import { waitFor } from '@wagate/testing/wait-for.ts'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { startReceiver } from './testing/receiver.ts'
import { createStory, openWorld, recorderOf, secret } from './testing/world.ts'

type World = Awaited<ReturnType<typeof openWorld>>

const resendAll = (world: World) =>
  world.admin`update webhook_delivery set status = 'pending', next_attempt_at = now(), settled_at = null,
    resends = resends + 1, resent_at = now(), attempts_before = attempts`

const attempts = (world: World) =>
  world.admin`select attempt, status_code, resend, response_body from delivery_attempt order by attempt`

test('an endpoint that failed to the end gets it after a resend: the same id and body, signed anew and marked', async () => {
  let mended = false
  await using receiver = await startReceiver(() =>
    mended ? 204 : (response) => response.writeHead(500).end('no: \0 broken'),
  )
  await using world = await openWorld()
  await world.addEndpoint('whe_1', receiver.url, { eventTypes: ['message.received'] })
  const record = recorderOf(await world.open({ policy: { delaysMs: [20], jitter: 0, maxRetryAfterMs: 0 } }))
  const story = createStory()
  await record([story.created(), story.received()])
  await waitFor(async () => (await world.count('exhausted')) === 1)
  mended = true
  await resendAll(world)
  await waitFor(async () => (await world.count('delivered')) === 1)
  const [first, last] = [receiver.requests[0], receiver.requests.at(-1)]
  expect(last?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
  expect(last?.body).toBe(first?.body)
  expect([first?.headers['wagate-resend'], last?.headers['wagate-resend']]).toEqual([undefined, '1'])
  const headers = Object.fromEntries(Object.entries(last?.headers ?? {}).map(([name, value]) => [name, String(value)]))
  expect(new Webhook(secret).verify(last?.body ?? '', headers)).toMatchObject({ type: 'message.received' })
  expect(await attempts(world)).toEqual([
    { attempt: 1, status_code: 500, resend: 0, response_body: 'no: \ufffd broken' },
    { attempt: 2, status_code: 500, resend: 0, response_body: 'no: \ufffd broken' },
    { attempt: 3, status_code: 204, resend: 1, response_body: null },
  ])
})

test('a resend that fails goes through the whole schedule again', async () => {
  await using receiver = await startReceiver(() => 500)
  await using world = await openWorld()
  await world.addEndpoint('whe_1', receiver.url, { eventTypes: ['message.received'] })
  const record = recorderOf(await world.open({ policy: { delaysMs: [20, 20], jitter: 0, maxRetryAfterMs: 0 } }))
  const story = createStory()
  await record([story.created(), story.received()])
  await waitFor(async () => (await world.count('exhausted')) === 1)
  await resendAll(world)
  await waitFor(async () => (await world.count('exhausted')) === 1 && receiver.requests.length === 6)
  expect(await attempts(world)).toMatchObject([0, 0, 0, 1, 1, 1].map((resend) => ({ resend })))
})

test('a test is attempted once, and an endpoint that hangs does not hold back the resends of another', async () => {
  await using receiver = await startReceiver(({ path }) => (path === '/hang' ? 'hang' : path === '/bad' ? 500 : 204))
  await using world = await openWorld()
  for (const name of ['hang', 'bad', 'good']) await world.addEndpoint(`whe_${name}`, `${receiver.url}/${name}`)
  await world.open({ timeoutMs: 60_000 })
  const addTest = (name: string, n: number) =>
    world.admin`insert into webhook_delivery ${world.admin({
      ...{
        tenant_id: 'ten_a',
        delivery_id: `dlv_${name}${n}`,
        endpoint_id: `whe_${name}`,
        event_id: `evt_${name}${n}`,
      },
      ...{
        event_type: 'webhook.test',
        body: '{"type":"webhook.test"}',
        status: 'pending',
        next_attempt_at: new Date(),
      },
    })}`
  for (let n = 0; n < 30; n++) await addTest('hang', n)
  await addTest('bad', 0)
  await addTest('good', 0)
  await waitFor(async () => (await world.count('exhausted')) === 1 && (await world.count('delivered')) === 1)
  expect(receiver.bodiesAt('/bad')).toHaveLength(1)
  expect(receiver.bodiesAt('/good')).toEqual([{ type: 'webhook.test' }])
  await waitFor(() => receiver.bodiesAt('/hang').length === 10)
  receiver.release()
})
