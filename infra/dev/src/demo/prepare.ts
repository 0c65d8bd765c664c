// Chapter one: an open event stream, a webhook endpoint and two virtual phones.
import type { Phone } from '@wagate/api/sandbox.ts'
import { answerWithinMs, type Keep, type People, type Stage } from './stage.ts'

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
