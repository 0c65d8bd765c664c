import type { StoredMessage } from './broker.ts'
import type { NatsLink } from './nats-link.ts'
import { storedMessage } from './nats-message.ts'
import { openOrdered } from './nats-ordered.ts'

/** Messages held for a reader that is slower than the stream; the broker waits beyond that. */
const capacity = 256

/** See `Broker.tail`. */
export async function* tailSubject(
  link: NatsLink,
  stream: string,
  subject: string,
  { fromSeq, signal }: { fromSeq?: number; signal: AbortSignal },
): AsyncGenerator<StoredMessage> {
  if (signal.aborted) return
  const buffer: StoredMessage[] = []
  let wake = Promise.withResolvers<void>()
  const onAbort = () => wake.resolve()
  signal.addEventListener('abort', onAbort)
  const reader = await openOrdered(link, {
    stream,
    filter: subject,
    start: fromSeq === undefined ? { from: 'new' } : { from: 'seq', seq: fromSeq },
    capacity,
    room: () => capacity - buffer.length,
    onMessage({ msg, delivery }) {
      buffer.push(storedMessage(msg, delivery))
      wake.resolve()
    },
    onCaughtUp() {},
  })
  try {
    while (!signal.aborted) {
      const message = buffer.shift()
      if (message) {
        yield message
        continue
      }
      reader.pump()
      wake = Promise.withResolvers()
      if (!signal.aborted) await wake.promise
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    await reader.stop()
  }
}
