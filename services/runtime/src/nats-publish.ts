// The hot path: one request, no header object unless an option asks for one.
import { type Msg, type MsgHdrs, headers as newHeaders } from 'nats'
import type { Published, PublishOptions } from './broker.ts'
import { BrokerRefused, BrokerUnavailable } from './errors.ts'
import { errorIn } from './nats-api.ts'
import type { NatsLink } from './nats-link.ts'
import { pause } from './pause.ts'

/** See `Broker.publish`. */
export async function publish(
  link: NatsLink,
  subject: string,
  data: Uint8Array,
  options: PublishOptions = {},
): Promise<Published> {
  const headers = headersOf(options)
  const timeoutMs = options.timeoutMs ?? link.timeoutMs
  const deadlineMs = performance.now() + timeoutMs
  const repeatable = options.msgId !== undefined && options.expectedLastSubjectSequence === undefined
  for (;;) {
    try {
      const request = headers
        ? { headers, timeoutMs: deadlineMs - performance.now() }
        : { timeoutMs: deadlineMs - performance.now() }
      return parsePublished(await link.request(subject, data, request))
    } catch (error) {
      if (!(error instanceof BrokerUnavailable) || !mayRepeat(error, repeatable)) throw error
      if (performance.now() + 100 >= deadlineMs) throw error
      await pause(100)
    }
  }
}

/** Surely not stored, or recognised by its id if it was. */
const mayRepeat = (error: BrokerUnavailable, repeatable: boolean): boolean =>
  error.reason === 'no-responders' || (error.reason === 'disconnected' && error.mayHaveHappened && repeatable)

function headersOf(options: PublishOptions): MsgHdrs | undefined {
  const { msgId, expectedLastSubjectSequence: expected, headers: extra } = options
  if (msgId === undefined && expected === undefined && extra === undefined) return undefined
  const headers = newHeaders()
  if (msgId !== undefined) headers.set('Nats-Msg-Id', msgId)
  if (expected !== undefined) headers.set('Nats-Expected-Last-Subject-Sequence', String(expected))
  if (extra) for (const name of Object.keys(extra)) headers.set(name, extra[name] ?? '')
  return headers
}

/** A refusal names stream and sequence as well (`"seq":0`), so `error` is looked at first. */
function parsePublished(answer: Msg): Published {
  const ack: unknown = answer.json()
  if (typeof ack !== 'object' || ack === null) throw notAcknowledged()
  if ('error' in ack) throw errorIn(ack) ?? notAcknowledged()
  if (!('stream' in ack) || !('seq' in ack)) throw notAcknowledged()
  const { stream, seq } = ack
  if (typeof stream !== 'string' || typeof seq !== 'number') throw notAcknowledged()
  return { stream, seq, duplicate: 'duplicate' in ack && ack.duplicate === true }
}

const notAcknowledged = () => new BrokerRefused('not an acknowledgement: no stream takes this subject', 500, 0)
