// Plans over the whole system: three gateways keep one limit, and a bigger plan moves sessions to workers of their own without a new scan.
import { ApiError } from '@wagate/api/call.ts'
import { createClient } from '@wagate/api/client.ts'
import { createLinkedSession } from '@wagate/testing/linked-session.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { createOperator, createTenant, setPlan } from '@wagate/testing/tenant.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { createWorld } from '@wagate/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAsOperator, type OperatorBroker } from './src/broker.ts'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack
let broker: OperatorBroker

tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack({ partitions: 8, passedOn: { ENGINES: '1' } })
  broker = await connectAsOperator(stack)
})
afterAll(async () => {
  await broker?.[Symbol.asyncDispose]()
  await stack?.[Symbol.asyncDispose]()
})

test('a bigger plan moves the sessions to a worker of their own and a smaller one back, without a new scan', async () => {
  const operator = await createOperator(stack)
  const readLog = () => broker.readSubject('SESSION_LOG', 'wal.>')
  await using world = await createWorld(stack, { sessions: 3, phones: 3, seed: 61, readLog })
  const { tenantId, client } = world.tenant
  const scans = () => world.feed.events.filter(({ type }) => type === 'session.paired' || type === 'session.qr_issued')
  const before = scans().length
  const workerOf = async (pool: string) => (await operator.listWorkers()).data.find(({ pools }) => pools.includes(pool))
  const hostedIn = (pool: string) =>
    waitFor(async () => ((await workerOf(pool))?.sessions ?? 0) >= world.sessions.length, {
      ...{ what: `the sessions to be hosted in ${pool}`, deadlineMs: 60_000, everyMs: 200 },
    })

  await setPlan(stack, tenantId, 'max')
  const wanted = await waitFor(
    async () =>
      (await operator.getCapacity()).data.find(
        ({ pool, shortage_workers }) => pool !== 'shared' && shortage_workers > 0,
      ),
    { what: 'the account’s own pool to ask for a worker', deadlineMs: 30_000, everyMs: 200 },
  )
  // A worker reports its sessions a moment after it has them, so the figure is waited for.
  await hostedIn('shared')

  await stack.another('worker', { POOLS: wanted.pool })
  const traffic = world.workload.exchange(30, 2)
  await hostedIn(wanted.pool)
  expect((await workerOf('shared'))?.id).not.toBe((await workerOf(wanted.pool))?.id)
  await traffic
  expect(await client.getPlan()).toMatchObject({ plan: 'max', dedicated: true })

  expect((await client.changePlan({ plan: 'basic' })).status).toBe('applied')
  await hostedIn('shared')
  await world.workload.exchange(10, 2)
  expect(await world.settled()).toEqual([])
  expect(scans()).toHaveLength(before)
})

test('three gateways keep one limit a minute, within 5 %, and tell how it stands', async () => {
  const limit = 120
  const tenant = await createTenant(stack, { testMessages: limit })
  const { sessionId } = await createLinkedSession(tenant.client)
  const phone = await tenant.client.createPhone()
  const others = [await stack.another('gateway'), await stack.another('gateway')]
  const urls = [stack.url('gateway'), ...others.map(({ url }) => url)]
  const clients = urls.map((baseUrl) => createClient({ baseUrl, apiKey: tenant.apiKey }))
  for (const client of clients)
    await waitFor(async () => (await client.getSession(sessionId)).status === 'connected', { deadlineMs: 30_000 })
  await waitFor(() => new Date().getSeconds() < 35, { what: 'a minute with time left', deadlineMs: 30_000 })

  const accepted: string[] = []
  let refusal: ApiError | undefined
  await Promise.all(
    clients.flatMap((client) =>
      Array.from({ length: 4 }, async () => {
        for (;;) {
          const body = { to: phone.number, type: 'text', text: { body: 'hi' } } as const
          const answer = await client.sendMessage(sessionId, body).catch((error: unknown) => error)
          if (answer instanceof ApiError) {
            refusal = answer
            return
          }
          accepted.push((answer as { created_at: string }).created_at)
        }
      }),
    ),
  )
  expect(new Set(accepted.map((at) => at.slice(0, 16))).size).toBe(1)
  expect(accepted.length).toBeGreaterThanOrEqual(limit * 0.95)
  expect(accepted.length).toBeLessThanOrEqual(limit * 1.05)
  expect(refusal).toMatchObject({ problem: { status: 429, code: 'message-quota-exceeded' } })
  expect(refusal?.retryAfter).toBeGreaterThan(0)
  for (const client of clients)
    await waitFor(async () => (await client.getPlan()).used.test_messages_this_minute === accepted.length)
})
