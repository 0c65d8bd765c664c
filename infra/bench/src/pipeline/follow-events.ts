// A reader of the public event stream that notes when each event of a message arrived.
import type { Client } from '@wagate/api/client.ts'
import type { WebhookPayload } from '@wagate/api/webhook-payload.ts'

export type FollowedEvents = {
  /** ms since 1970. */
  arrivedAtMs: (type: WebhookPayload['type'], messageId: string) => number | undefined
  /** When an event came whose message has this text. */
  textArrivedAtMs: (text: string) => number | undefined
  count: () => number
  close: () => Promise<void>
}

/** Resolves when nothing that happens from then on can be missed. */
export async function followEvents(api: Client, types: WebhookPayload['type'][]): Promise<FollowedEvents> {
  const stop = new AbortController()
  const arrivals = new Map<string, number>()
  const byText = new Map<string, number>()
  const open = Promise.withResolvers<void>()
  const read = async (): Promise<void> => {
    for await (const { type, data: event } of api.events({ types, signal: stop.signal, onOpen: open.resolve })) {
      const nowMs = performance.timeOrigin + performance.now()
      if ('message_id' in event.data) arrivals.set(`${type} ${event.data.message_id}`, nowMs)
      if ('text' in event.data && event.data.text) byText.set(event.data.text.body, nowMs)
    }
  }
  const reading = read().catch(open.reject)
  await open.promise
  return {
    arrivedAtMs: (type, messageId) => arrivals.get(`${type} ${messageId}`),
    textArrivedAtMs: (text) => byText.get(text),
    count: () => arrivals.size,
    async close() {
      stop.abort()
      await reading
    },
  }
}
