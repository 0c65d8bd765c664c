// Chapter one: a tenant, a key, an open event stream, a webhook endpoint and two virtual phones.

import { type Client, createClient } from '@wagate/api/client.ts'
import type { Phone } from '@wagate/api/sandbox.ts'
import { z } from 'zod'
import { answerWithinMs, type Keep, type People, type Stage } from './stage.ts'
import type { Steps } from './steps.ts'
import { waitUntil } from './wait-until.ts'

const createdTenant = z.object({ api_key: z.string() })

/** Starts a node process, on a machine that may be busy. */
const adminWithinMs = 60_000

export async function openAccount(
  steps: Steps,
  baseUrl: string,
  admin: (args: readonly string[], signal: AbortSignal) => Promise<unknown>,
): Promise<{ apiKey: string; client: Client }> {
  return steps.run(
    {
      where: 'admin',
      what: 'tenant create',
      expected: 'a tenant with a test key that the gateway accepts',
      look: ['gateway', 'postgres', 'nats'],
      withinMs: adminWithinMs,
    },
    async (signal) => {
      const args = ['tenant', 'create', '--name', 'demo', '--mode', 'test']
      const { api_key: apiKey } = createdTenant.parse(await admin(args, signal))
      const client = createClient({ baseUrl, apiKey })
      await waitUntil(() => client.listSessions({ limit: 1, signal }), signal) // it hears of the key a moment later
      return { value: { apiKey, client }, detail: `${apiKey.slice(0, 18)}…` }
    },
  )
}

export async function prepare({ steps, client, feed, receiver }: Stage, keep: Keep): Promise<People> {
  await steps.run(
    {
      where: 'api',
      what: 'GET /v1/events',
      expected: 'an open stream, once the gateway knows the key',
      look: ['gateway', 'nats'],
      withinMs: answerWithinMs,
    },
    async () => {
      await feed.opened
      return { value: undefined, detail: 'the live event stream' }
    },
  )

  await steps.run(
    {
      where: 'api',
      what: 'POST /v1/webhooks',
      expected: 'a webhook endpoint with its secret',
      look: ['gateway', 'postgres'],
      withinMs: answerWithinMs,
    },
    async () => {
      const endpoint = await client.createWebhook({ url: receiver.url, event_types: ['message.received'] })
      keep({ webhook: endpoint.id })
      receiver.trust(endpoint.secret)
      return { value: undefined, detail: receiver.url }
    },
  )

  const createPhone = (name: string): Promise<Phone> =>
    steps.run(
      {
        where: 'api',
        what: 'POST /v1/sandbox/phones',
        expected: 'a virtual phone',
        look: ['gateway', 'sandbox'],
        withinMs: answerWithinMs,
      },
      async () => {
        const phone = await client.createPhone({ name })
        keep({ phone: phone.id })
        return { value: phone, detail: `${name}, ${phone.number}` }
      },
    )
  return { ada: await createPhone('Ada'), ben: await createPhone('Ben') }
}
