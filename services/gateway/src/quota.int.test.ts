// Three gateways count an account's messages as if they were one: within 5 % of the limit, whoever asks which of them, and over restarts.
import { ApiError } from '@wagate/api/call.ts'
import type { LimitOverrides } from '@wagate/messages/plans.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Surroundings, startGateway, startSurroundings } from './testing/gateway-process.ts'

type Gateway = Awaited<ReturnType<typeof startGateway>>

let surroundings: Surroundings
let gateways: Gateway[]
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  surroundings = stack.use(await startSurroundings())
  gateways = []
  for (let n = 0; n < 3; n++) gateways.push(stack.use(await startGateway(surroundings)))
})
afterAll(() => stack.disposeAsync())

const hi = { to: '+999100200300', type: 'text', text: { body: 'hi' } } as const

/** An account with a live session that every gateway knows. The gateways that run now: a test restarts them. */
async function account(overrides: LimitOverrides) {
  const tenantId = await surroundings.addTenant(overrides)
  const { apiKey } = await surroundings.addKey(tenantId, 'live')
  const clients = gateways.map((gateway) => gateway.client(apiKey))
  const [first] = clients
  if (!first) throw new Error('no gateway')
  const { id } = await waitFor(() => first.createSession())
  await surroundings.setState(tenantId, id)
  for (const client of clients) await waitFor(async () => (await client.getSession(id)).status === 'connected')
  return { tenantId, apiKey, sessionId: id, clients }
}
type Account = Awaited<ReturnType<typeof account>>

/** Sends through the gateway until it is refused, `atOnce` at a time; resolves with when each was accepted. */
async function sendUntilRefused({ clients, sessionId }: Account, n: number, atOnce: number): Promise<string[]> {
  const accepted: string[] = []
  const sender = async () => {
    for (;;) {
      const answer = await clients[n]?.sendMessage(sessionId, hi).catch((error: unknown) => error)
      if (answer instanceof ApiError && answer.problem.code === 'message-quota-exceeded') return
      if (answer instanceof Error || !answer) throw answer
      accepted.push((answer as { created_at: string }).created_at)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, sender))
  return accepted
}

/** So that a burst is over before the minute is. */
const earlyInAMinute = () => waitFor(() => new Date().getSeconds() < 45, { deadlineMs: 20_000, everyMs: 100 })

test.each([30, 300])(
  'of %i messages a minute, no more and no less are accepted, whichever gateway is asked',
  async (limit) => {
    const own = await account({ messagesPerMinute: limit, messagesPerMonth: 1_000_000 })
    await earlyInAMinute()
    const accepted = (await Promise.all([0, 1, 2].map((n) => sendUntilRefused(own, n, 8)))).flat()
    const minutes = new Set(accepted.map((at) => at.slice(0, 16)))
    expect(minutes.size).toBe(1)
    expect(accepted.length).toBeGreaterThanOrEqual(limit * 0.95)
    expect(accepted.length).toBeLessThanOrEqual(limit * 1.05)
    const plan = await own.clients[0]?.getPlan()
    expect(plan?.used.messages_this_minute).toBe(accepted.length)
  },
)

test('a burst at one gateway gets the whole minute', async () => {
  const own = await account({ messagesPerMinute: 60, messagesPerMonth: 1_000_000 })
  await earlyInAMinute()
  expect(await sendUntilRefused(own, 1, 20)).toHaveLength(60)
})

test('a month is used up by all gateways together, within 5 %, and a restart does not begin it anew', async () => {
  const limit = 400
  const own = await account({ messagesPerMinute: 1_000_000, messagesPerMonth: limit })
  const accepted = (await Promise.all([0, 1, 2].map((n) => sendUntilRefused(own, n, 4)))).flat()
  expect(accepted.length).toBeGreaterThanOrEqual(limit * 0.95)
  expect(accepted.length).toBeLessThanOrEqual(limit * 1.05)

  for (const gateway of gateways.splice(0)) expect(await gateway.stop()).toBe(0)
  for (let n = 0; n < 3; n++) gateways.push(stack.use(await startGateway(surroundings)))
  const clients = gateways.map((gateway) => gateway.client(own.apiKey))
  for (const client of clients)
    await expect(client.sendMessage(own.sessionId, hi)).rejects.toMatchObject({
      problem: { code: 'message-quota-exceeded', detail: expect.stringContaining('a month') },
    })
  expect((await clients[0]?.getPlan())?.used.messages_this_month).toBe(accepted.length)
})

test('a bigger plan opens the month on every gateway at once', async () => {
  const own = await account({ messagesPerMonth: 2 })
  expect(await sendUntilRefused(own, 0, 1)).toHaveLength(2)
  await surroundings.control.plans.apply(own.tenantId, { plan: 'pro', overrides: {} }, 'operator')
  for (const client of own.clients)
    await waitFor(() => client.sendMessage(own.sessionId, hi), { what: 'the bigger plan to hold', deadlineMs: 2_000 })
})

test('counting costs the broker no write per message', async () => {
  const own = await account({ messagesPerMinute: 1_000_000, messagesPerMonth: 10_000_000 })
  const written = async () => {
    const messages = surroundings.provisioner.readSubject('KV_message_counts', '$KV.message_counts.>')
    return Math.max(0, ...(await Array.fromAsync(messages)).map(({ seq }) => seq))
  }
  const before = await written()
  for (let n = 0; n < 200; n++) await own.clients[n % 3]?.sendMessage(own.sessionId, hi)
  expect((await written()) - before).toBeLessThanOrEqual(10)
})
