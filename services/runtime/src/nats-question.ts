// Request and reply without a stream: for what is true this moment and worth nothing later.
import type { Answering } from './broker.ts'
import type { NatsLink } from './nats-link.ts'

/** See `Broker.ask`. */
export async function ask(
  link: NatsLink,
  subject: string,
  data: Uint8Array,
  options: { timeoutMs: number },
): Promise<Uint8Array> {
  return (await link.request(subject, data, options)).data
}

/** See `Broker.answer`. */
export function answerQuestions(
  link: NatsLink,
  subject: string,
  handle: (question: { subject: string; data: Uint8Array }) => Uint8Array,
): Answering {
  const subscription = link.connection.subscribe(subject, {
    callback: (error, msg) => {
      if (error) {
        link.logger.error({ event: 'broker.questions_refused', subject, err: error }, 'NATS refused a subscription')
        return
      }
      try {
        msg.respond(handle({ subject: msg.subject, data: msg.data }))
      } catch (cause) {
        link.logger.error({ event: 'broker.question_failed', subject: msg.subject, err: cause })
      }
    },
  })
  return { close: () => subscription.unsubscribe() }
}
