// What is known about one request while it is served: for the answer's headers, the log line and the metrics.
import type { ProblemCode } from '@wagate/api/problems.ts'
import type { Caller } from '../access/authenticate.ts'
import type { Client } from '../account/accounts.ts'
import { type LimitState, limitHeaders } from './rate-limit.ts'

export type Exchange = {
  requestId: string
  startedAtMs: number
  /** Headers that the answer will carry, whatever it says. */
  headers: Record<string, string>
  /** What `headers` tells of limits. */
  limits?: readonly LimitState[]
  /** The pattern, like `/v1/sessions/{session_id}`; absent when no route fits. */
  route?: string
  /** Who asks, within a tenant. */
  caller?: Caller
  /** The id of the person who asks, outside of any. */
  personId?: string
  /** From where; absent when no route fits. */
  client?: Client
  problem?: ProblemCode
  cause?: unknown
}

export type Env = {
  Variables: { exchange: Exchange }
  /** Node's request and response, when a server runs the app. */
  Bindings: {
    incoming?: { socket: { remoteAddress?: string | undefined } }
    outgoing?: { destroy(): void }
  }
}

const acceptable = /^[A-Za-z0-9_-]{1,64}$/

/** The caller's `X-Request-Id` when it is one token, else a new one. */
export const requestIdOf = (given: string | undefined, newId: () => string): string =>
  given !== undefined && acceptable.test(given) ? given : newId()

/** Tells of more limits, whatever the answer will be. */
export function announce(exchange: Exchange, limits: readonly LimitState[]): void {
  exchange.limits = [...(exchange.limits ?? []), ...limits]
  exchange.headers = { ...exchange.headers, ...limitHeaders(exchange.limits) }
}
