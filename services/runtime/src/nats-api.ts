// JetStream's request/reply API: JSON in, JSON out, errors by number.
import { z } from 'zod'
import { BrokerRefused, BrokerUnavailable, ConcurrentAppend, WrongLastSequence } from './errors.ts'
import type { NatsLink } from './nats-link.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** JetStream's error numbers that code here decides on. */
export const errorCodes = {
  /** The cluster has no leader now. */
  clusterNotAvailable: 10008,
  clusterNotLeader: 10009,
  consumerNotFound: 10014,
  noMessageFound: 10037,
  deleteFailed: 10057,
  streamNotFound: 10059,
  wrongLastSequence: 10071,
  concurrentAppend: 10164,
} as const

const failure = z.object({
  error: z.object({ code: z.number(), err_code: z.number().default(0), description: z.string().default('') }),
})

/** The error of an answer, if it is one. */
export function errorIn(answer: unknown): Error | undefined {
  const parsed = failure.safeParse(answer)
  if (!parsed.success) return undefined
  const { code, err_code, description } = parsed.data.error
  if (err_code === errorCodes.wrongLastSequence) return new WrongLastSequence(description)
  if (err_code === errorCodes.concurrentAppend) return new ConcurrentAppend(description)
  if (err_code === errorCodes.clusterNotAvailable || err_code === errorCodes.clusterNotLeader)
    return new BrokerUnavailable('no-responders', { mayHaveHappened: false })
  return new BrokerRefused(description, code, err_code)
}

/**
 * Calls `$JS.API.<name>` and parses the answer.
 * @throws BrokerRefused, BrokerUnavailable
 */
export async function callApi<Answer>(
  link: NatsLink,
  name: string,
  body: unknown,
  schema: z.ZodType<Answer>,
  options: { timeoutMs?: number } = {},
): Promise<Answer> {
  const data = body === undefined ? new Uint8Array() : encoder.encode(JSON.stringify(body))
  const answer: unknown = JSON.parse(decoder.decode((await link.request(`$JS.API.${name}`, data, options)).data))
  const error = errorIn(answer)
  if (error) throw error
  return schema.parse(answer)
}

export const isRefusal = (error: unknown, errorCode: number): boolean =>
  error instanceof BrokerRefused && error.errorCode === errorCode

export const nanos = (ms: number): number => ms * 1_000_000
