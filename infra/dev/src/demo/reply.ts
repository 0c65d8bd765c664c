// Chapter four: Ben replies, and the reply is in the event stream, at the webhook and in the list of messages.
import type { Message } from '@wagate/api/message.ts'
import type { Session } from '@wagate/api/session.ts'
import type { WebhookPayload } from '@wagate/api/webhook-payload.ts'
import type { Sent } from './send.ts'
import { answerWithinMs, eventWithinMs, type People, type Stage } from './stage.ts'
import { quoted } from './text.ts'
import { waitUntil } from './wait-until.ts'

export const replyText = 'hello back'

export type ReplyTimes = { writtenAtMs: number; eventAtMs: number; webhookAtMs: number; listedAtMs: number }

export async function reply(stage: Stage, { ada, ben }: People, session: Session, sent: Sent): Promise<ReplyTimes> {
  const { steps, client, feed, receiver, screen, monotonicMs } = stage
  const shown = quoted(replyText, screen.detailColumns)
  const isReply = (event: WebhookPayload): boolean =>
    event.type === 'message.received' && event.session_id === session.id && event.data.text?.body === replyText

  const writtenAtMs = monotonicMs() // a person's step is told with the time when it begins
  await steps.run(
    { where: 'Ben', what: 'replies', expected: 'the phone sends it', look: ['sandbox'], withinMs: answerWithinMs },
    async () => {
      await client.sendFromPhone(ben.id, { to: ada.number, text: replyText })
      return { value: undefined, atMs: writtenAtMs, detail: shown }
    },
  )

  const event = steps.run(
    {
      where: 'event',
      what: 'message.received',
      expected: `the text ${shown} from Ben`,
      look: ['worker', 'sandbox'],
      withinMs: eventWithinMs,
    },
    async (signal) => {
      const { data, atMs } = await feed.next('message.received', isReply, signal)
      return { value: atMs, atMs, detail: `from ${data.data.from.phone ?? data.data.from.lid}` }
    },
  )
  const webhook = steps.run(
    {
      where: 'webhook',
      what: 'message.received',
      expected: 'a delivery of the same event with a valid signature',
      look: ['webhooks', 'worker'],
      withinMs: eventWithinMs,
    },
    async (signal) => {
      const { atMs } = await receiver.next(isReply, signal)
      return { value: atMs, atMs, detail: 'signature verified' }
    },
  )
  const [eventAtMs, webhookAtMs] = await Promise.all([event, webhook])

  const listedAtMs = await steps.run(
    {
      where: 'api',
      what: 'GET /v1/…/messages',
      expected: 'both messages: ours read, the reply received',
      look: ['projector', 'gateway', 'postgres'],
      withinMs: eventWithinMs,
    },
    async (signal) => {
      await waitUntil(async () => {
        const { data } = await client.listMessages(session.id, { signal })
        return isWhole(data, sent.messageId) ? data : undefined
      }, signal)
      return { value: monotonicMs(), detail: 'ours read, the reply received' }
    },
  )
  return { writtenAtMs, eventAtMs, webhookAtMs, listedAtMs }
}

const isWhole = (messages: readonly Message[], messageId: string): boolean =>
  messages.some(({ id, status }) => id === messageId && status === 'read') &&
  messages.some(({ direction, text }) => direction === 'inbound' && text?.body === replyText)
