// A key that is taken back at one gateway is taken back at all of them, and with it the tokens that were made from it.
import { createClient } from '@wagate/api/client.ts'
import { admin } from '@wagate/dev/stack/admin.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { createTenant, type TestTenant } from '@wagate/testing/tenant.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemOf } from './src/problem.ts'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack
let gateways: string[]
let tenant: TestTenant

tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack({ only: ['gateway'] })
  const others = await Promise.all([stack.another('gateway'), stack.another('gateway')])
  gateways = [stack.url('gateway'), ...others.map(({ url }) => url)]
  tenant = await createTenant(stack)
})
afterAll(() => stack?.[Symbol.asyncDispose]())

const clientsWith = (apiKey: string) => gateways.map((baseUrl) => createClient({ baseUrl, apiKey }))

async function acceptedEverywhere(apiKey: string): Promise<void> {
  for (const client of clientsWith(apiKey)) await waitFor(() => client.listSessions(), { what: 'the key to be known' })
}

async function refusedEverywhere(apiKey: string, wanted = 'api-key-invalid'): Promise<void> {
  for (const client of clientsWith(apiKey)) {
    const code = () => problemOf(client.listSessions()).then((problem) => problem.code)
    await waitFor(async () => (await code()) === wanted, { what: 'the key to be refused' })
    expect(await code()).toBe(wanted)
  }
}

test.each([0, 1, 2])('a key that is revoked at gateway %i is refused by all three', async (asked) => {
  const [owner] = clientsWith(tenant.apiKey).slice(asked)
  const made = await tenant.client.createApiKey({ scopes: ['sessions:read', 'tokens:write'] })
  await acceptedEverywhere(made.api_key)
  const { token } = await createClient({ baseUrl: gateways[0] ?? '', apiKey: made.api_key }).createToken({
    scopes: ['sessions:read'],
  })
  await acceptedEverywhere(token)
  await owner?.revokeApiKey(made.id)
  await refusedEverywhere(made.api_key)
  await refusedEverywhere(token)
})

test('a key that is rotated without an overlap is refused by all three, and the new one works at all of them', async () => {
  const made = await tenant.client.createApiKey({ scopes: ['sessions:read'] })
  await acceptedEverywhere(made.api_key)
  const next = await tenant.client.rotateApiKey(made.id, { overlap_seconds: 0 })
  await refusedEverywhere(made.api_key)
  await acceptedEverywhere(next.api_key)
})

test('a tenant that is suspended is refused by all three, until it is active again', async () => {
  const { tenantId, apiKey } = await createTenant(stack)
  await acceptedEverywhere(apiKey)
  const order = (verb: string) =>
    admin(stack.wiring, ['tenant', verb, '--tenant', tenantId], AbortSignal.timeout(60_000))
  await order('suspend')
  await refusedEverywhere(apiKey, 'tenant-suspended')
  await order('activate')
  await acceptedEverywhere(apiKey)
})
