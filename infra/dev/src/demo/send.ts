// Chapter three: Ada's account sends the text, and its states come one after the other.
import type { Session } from '@wagate/api/session.ts'
import { answerWithinMs, eventWithinMs, type People, type Stage } from './stage.ts'
import { quoted } from './text.ts'
import { waitUntil } from './wait-until.ts'

/** When each state was reached, in monotonic ms. */
export type SendTimes = { askedAtMs: number; acceptedAtMs: number; sentAtMs: number; deliveredAtMs: number }
export type Sent = { messageId: string; times: SendTimes }

export async function send(stage: Stage, { ben }: People, session: Session, text: string): Promise<Sent> {
  const { steps, client, screen, monotonicMs } = stage
  const shown = quoted(text, screen.detailColumns)
  const askedAtMs = monotonicMs()
  const messageId = await steps.run(
    {
      where: 'api',
      what: 'POST /v1/…/messages',
      expected: '202: the message is stored and will be sent',
      look: ['gateway', 'nats'],
      withinMs: answerWithinMs,
    },
    async () => {
      const { id } = await client.sendMessage(session.id, { to: ben.number, type: 'text', text: { body: text } })
      return { value: id, detail: id }
    },
  )
  const acceptedAtMs = monotonicMs()
  const sentAtMs = await untilState(stage, messageId, 'message.sent', 'WhatsApp’s server acknowledges it')
  const deliveredAtMs = await untilState(stage, messageId, 'message.delivered', 'Ben’s phone has it')

  await steps.run(
    {
      where: 'Ben',
      what: 'sees the message',
      expected: `the text ${shown} on the phone’s screen, once`,
      look: ['sandbox', 'worker'],
      withinMs: eventWithinMs,
    },
    async (signal) => {
      const onScreen = async () => {
        const { data } = await client.listPhoneMessages(ben.id, { signal })
        return data.some((message) => message.text === text) ? data : undefined
      }
      const messages = await waitUntil(onScreen, signal)
      if (messages.length !== 1) throw new Error(`the phone shows ${messages.length} messages`)
      return { value: undefined, detail: shown }
    },
  )
  await steps.run(
    { where: 'Ben', what: 'opens the chat', expected: 'one message read', look: ['sandbox'], withinMs: answerWithinMs },
    async () => {
      const atMs = monotonicMs()
      const { read } = await client.readOnPhone(ben.id)
      if (read !== 1) throw new Error(`the phone read ${read} messages`)
      return { value: undefined, atMs }
    },
  )
  await untilState(stage, messageId, 'message.read', 'Ben’s phone tells that it was read')
  return { messageId, times: { askedAtMs, acceptedAtMs, sentAtMs, deliveredAtMs } }
}

function untilState(
  { steps, feed }: Stage,
  messageId: string,
  type: 'message.sent' | 'message.delivered' | 'message.read',
  expected: string,
): Promise<number> {
  return steps.run(
    { where: 'event', what: type, expected, look: ['worker', 'sandbox'], withinMs: eventWithinMs },
    async (signal) => {
      const { atMs } = await feed.next(type, ({ data }) => data.message_id === messageId, signal)
      return { value: atMs, atMs }
    },
  )
}
