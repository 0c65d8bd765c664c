// One attempt at an endpoint, and what came of it. Never follows a redirect, never waits longer than the timeout, never reads
// more than it must.
import { AddressNotAllowed, vettedLookup } from '@wagate/runtime/address.ts'
import { Agent } from 'undici'
import { type AddressPolicy, checkTarget, mayDial } from './address.ts'
import { type ExchangeLimits, exchange, type Response } from './exchange.ts'
import { type AttemptOutcome, parseRetryAfter } from './next-attempt.ts'
import { readableText } from './readable-text.ts'
import { type SigningKey, signedHeaders } from './sign.ts'

export type SendConfig = AddressPolicy & ExchangeLimits
export const defaultSendConfig: ExchangeLimits = { timeoutMs: 15_000, maxResponseBytes: 64 * 1_024 }

/** Why an attempt failed; `status`: the endpoint answered with something other than 2xx. */
export type AttemptError =
  | 'status'
  | 'redirect'
  | 'timeout'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'address_not_allowed'
  | 'response'
  | 'secret'

export type AttemptResult = {
  outcome: AttemptOutcome
  statusCode: number | null
  error: AttemptError | null
  /** How the response began, if that was text and no success. */
  responseBody: string | null
}

export type Request = {
  url: string
  key: SigningKey
  eventId: string
  body: string
  /** How often somebody had it resent: told to the receiver unless 0. */
  resends: number
}

/** `close` waits for nothing: end the attempts first. */
export type Sender = { send(request: Request): Promise<AttemptResult>; close(): Promise<void> }

export function createSender(config: SendConfig, now: () => Date): Sender {
  const agent = new Agent({
    // One slow endpoint must not take the connections of another at the same host: the limit is per endpoint, not here.
    connections: null,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 10_000,
    connect: { timeout: config.timeoutMs, lookup: vettedLookup(mayDial(config)) },
  })

  const request = async ({ url, key, eventId, body, resends }: Request): Promise<AttemptResult> => {
    const target = checkTarget(url, config)
    const nowMs = now().getTime()
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Wagate-Webhooks/1',
      ...signedHeaders(key, eventId, body, nowMs),
      ...(resends > 0 && { 'wagate-resend': String(resends) }),
    }
    const path = target.pathname + target.search
    const response = await exchange(agent, { origin: target.origin, path, headers, body }, config)
    return resultOf(response, nowMs)
  }

  return {
    async send(given) {
      try {
        return await request(given)
      } catch (error) {
        return { outcome: { kind: 'failed' }, statusCode: null, error: errorOf(error), responseBody: null }
      }
    },
    close: () => agent.destroy(),
  }
}

function resultOf({ statusCode, headers, beginning }: Response, nowMs: number): AttemptResult {
  if (statusCode >= 200 && statusCode < 300)
    return { outcome: { kind: 'delivered' }, statusCode, error: null, responseBody: null }
  const responseBody = readableText(headers, beginning)
  if (statusCode === 410) return { outcome: { kind: 'gone' }, statusCode, error: 'status', responseBody }
  const error = statusCode >= 300 && statusCode < 400 ? 'redirect' : 'status'
  const retryAfterMs = parseRetryAfter(headers['retry-after'], nowMs)
  return { outcome: { kind: 'failed', retryAfterMs }, statusCode, error, responseBody }
}

/** The first pattern that a code of the error (or of its causes) matches. */
const byCode: readonly [RegExp, AttemptError][] = [
  [/^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL)$/, 'dns'],
  [/^(UND_ERR_(HEADERS|BODY|CONNECT)_TIMEOUT|ETIMEDOUT)$/, 'timeout'],
  [/^(ERR_TLS\w*|ERR_SSL\w*|CERT_\w+|DEPTH_ZERO\w+|SELF_SIGNED\w+|UNABLE_TO\w+|EPROTO)$/, 'tls'],
  [/^(HPE_\w+|UND_ERR_(HEADERS_OVERFLOW|RES\w+|INVALID\w+))$/, 'response'],
]

export function errorOf(error: unknown): AttemptError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AddressNotAllowed) return 'address_not_allowed'
    if (cause.name === 'TimeoutError') return 'timeout'
    const code = 'code' in cause ? String(cause.code) : ''
    const known = byCode.find(([pattern]) => pattern.test(code))
    if (known) return known[1]
  }
  return 'connect'
}
