// One attempt of one delivery: send, decide what follows, hand it on to be recorded.

import { webhookTest } from '@wagate/api/webhook-payload.ts'
import { nextAttempt, type RetryPolicy } from '../attempt/next-attempt.ts'
import type { AttemptResult, Request } from '../attempt/send.ts'
import { type Endpoint, endpointKey } from '../endpoint/endpoint.ts'
import type { Delivery } from './delivery.ts'
import type { Settled } from './queries.ts'

export type AttemptDeps = {
  send(request: Request): Promise<AttemptResult>
  /** Undefined when it is disabled or deleted by now. */
  findEndpoint(key: string): Endpoint | undefined
  settle(settled: Settled): void
  /** The endpoint answered 410. */
  onGone(delivery: Delivery): void
  /** Told of each attempt, for one log line and the metrics. */
  onAttempted(delivery: Delivery, settled: Settled): void
  policy: RetryPolicy
  now: () => Date
  monotonicMs: () => number
  random: () => number
}

export function createAttempt(deps: AttemptDeps) {
  return async (delivery: Delivery): Promise<void> => {
    const endpoint = deps.findEndpoint(endpointKey(delivery))
    if (!endpoint) return // its deliveries are being cancelled
    const startedAt = deps.now()
    const startedMs = deps.monotonicMs()
    const result = await trySend(deps, delivery, endpoint)
    const attempt = delivery.attempts + 1
    const policy = policyOf(deps.policy, delivery)
    const ofRound = attempt - delivery.attemptsBefore
    const next = nextAttempt(policy, ofRound, result.outcome, deps.now().getTime(), deps.random())
    const settled: Settled = {
      tenantId: delivery.tenantId,
      deliveryId: delivery.deliveryId,
      attempt,
      startedAt,
      durationMs: Math.round(deps.monotonicMs() - startedMs),
      statusCode: result.statusCode,
      error: result.error,
      resend: delivery.resends,
      responseBody: result.responseBody,
      status: next.status,
      nextAttemptAt: next.status === 'pending' ? new Date(next.atMs) : null,
    }
    deps.settle(settled)
    deps.onAttempted(delivery, settled)
    if (result.outcome.kind === 'gone') deps.onGone(delivery)
  }
}

async function trySend(deps: AttemptDeps, delivery: Delivery, endpoint: Endpoint): Promise<AttemptResult> {
  if (!endpoint.key) return { outcome: { kind: 'failed' }, statusCode: null, error: 'secret', responseBody: null }
  const { eventId, body, resends } = delivery
  return deps.send({ url: endpoint.url, key: endpoint.key, eventId, body, resends })
}

/** Somebody waits for what a test shows: it is tried once. */
const policyOf = (policy: RetryPolicy, { eventType }: Delivery): RetryPolicy =>
  eventType === webhookTest ? { ...policy, delaysMs: [] } : policy
