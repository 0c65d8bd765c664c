// A tenant that uses everything: a linked session, a phone to talk to, a webhook, an event stream, a message each way.
import type { Phone } from '@wagate/api/sandbox.ts'
import { type EventFeed, followEvents } from '@wagate/testing/history/observe.ts'
import { createLinkedSession, type LinkedSession } from '@wagate/testing/linked-session.ts'
import type { TestStack } from '@wagate/testing/stack.ts'
import { createTenant, type TestTenant } from '@wagate/testing/tenant.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { startWebhookReceiver, type WebhookReceiver } from '@wagate/testing/webhook-receiver.ts'

export type Household = {
  tenant: TestTenant
  feed: EventFeed
  receiver: WebhookReceiver
  webhookId: string
  session: LinkedSession
  phone: Phone
  messageId: string
} & AsyncDisposable

export async function settle(stack: TestStack, name: string): Promise<Household> {
  const tenant = await createTenant(stack)
  const { client } = tenant
  const receiver = await startWebhookReceiver()
  const feed = await followEvents(client)
  const endpoint = await client.createWebhook({ url: receiver.url })
  receiver.trust(endpoint.secret)
  const [phone, session] = await Promise.all([client.createPhone({ name }), createLinkedSession(client)])
  const body = { to: phone.number, type: 'text', text: { body: `from ${name}` } } as const
  // Both tenants use the same key: it belongs to each of them alone.
  const { id } = await client.sendMessage(session.sessionId, body, { idempotencyKey: 'first' })
  await client.sendFromPhone(phone.id, { to: session.phone.number, text: `to ${name}` })
  await waitFor(async () => {
    const { data } = await client.listMessages(session.sessionId)
    return data.length === 2 && data.every(({ status }) => status === 'delivered' || status === 'received')
  })
  for (const type of ['message.delivered', 'message.received'])
    await feed.next((event) => event.type === type, { what: `${type} in the stream` })
  const household = { tenant, feed, receiver, webhookId: endpoint.id, session, phone, messageId: id }
  await quiet(household)
  return {
    ...household,
    async [Symbol.asyncDispose]() {
      await feed[Symbol.asyncDispose]()
      await receiver[Symbol.asyncDispose]()
    },
  }
}

/** Resolves when the webhook has everything that the stream has. */
export const quiet = ({ feed, receiver }: Pick<Household, 'feed' | 'receiver'>) =>
  waitFor(
    () => {
      const told = new Set(receiver.received.map(({ event }) => event.id))
      return feed.events.every(({ data }) => told.has(data.id))
    },
    { what: 'the webhook to have everything' },
  )
