// Core publish and subscribe, without a stream: for news that the next news replaces.
import type { Answering } from './broker.ts'
import type { NatsLink } from './nats-link.ts'

/** See `Broker.tell`. */
export function tell(link: NatsLink, subject: string, data: Uint8Array): void {
  try {
    link.connection.publish(subject, data)
  } catch (error) {
    link.logger.debug({ event: 'broker.not_told', subject, err: error }) // closed, or closing
  }
}

/** See `Broker.listen`. */
export function listen(link: NatsLink, subject: string, handle: (data: Uint8Array) => void): Answering {
  const subscription = link.connection.subscribe(subject, {
    callback: (error, msg) => {
      if (error) {
        link.logger.error({ event: 'broker.listening_refused', subject, err: error }, 'NATS refused a subscription')
        return
      }
      try {
        handle(msg.data)
      } catch (cause) {
        link.logger.error({ event: 'broker.news_failed', subject, err: cause })
      }
    },
  })
  return { close: () => subscription.unsubscribe() }
}
