// What was sent to an endpoint and what came of it; sending it again, and a test.
import {
  deliveriesQuery,
  delivery,
  deliveryDetail,
  deliveryPage,
  maxResends,
  type Webhook,
} from '@wagate/api/webhook.ts'
import { toTestPayload } from '@wagate/api/webhook-payload.ts'
import { type IdKind, isId, ulidOf } from '@wagate/messages/ids.ts'
import type { Caller } from '../access/authenticate.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import { type IdempotencyDeps, runOnce } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import type { DeliveryStore, FullDelivery, Resent } from './delivery-store.ts'
import { findWebhook } from './find.ts'
import type { WebhookStore } from './store.ts'

export type DeliveryDeps = IdempotencyDeps & {
  webhooks: Pick<WebhookStore, 'find'>
  deliveries: DeliveryStore
  cursors: Cursors
  newId: (kind: IdKind) => string
}

const tag = 'Webhooks'

export function deliveryRoutes(mount: Mount, deps: DeliveryDeps): void {
  const { deliveries, webhooks } = deps

  mount(
    {
      method: 'get',
      path: '/v1/webhooks/{webhook_id}/deliveries',
      scope: 'webhooks:read',
      tag,
      summary: 'List the deliveries of a webhook endpoint',
      query: deliveriesQuery,
      answers: { 200: { description: 'Newest first.', schema: deliveryPage } },
      problems: ['webhook-not-found', 'invalid-cursor', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId } = call.caller
      const { limit, cursor, status, type, since } = call.query
      const { id } = await findWebhook(webhooks, call.caller, call.params.webhook_id)
      const list = [tenantId, 'deliveries', id, status ?? '', type ?? '', since ?? '']
      const after = cursor === undefined ? undefined : deps.cursors.decode(list, cursor)
      const filter = { endpointId: id, status, type, since: since === undefined ? undefined : new Date(since) }
      const rows = await deliveries.list(tenantId, filter, { limit, after })
      return call.json(200, pageOf(rows, limit, { cursors: deps.cursors, list }))
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/webhooks/{webhook_id}/deliveries/{delivery_id}',
      scope: 'webhooks:read',
      tag,
      summary: 'Get a delivery with its attempts',
      answers: { 200: { description: 'The delivery.', schema: deliveryDetail } },
      problems: ['webhook-not-found', 'delivery-not-found', 'views-unavailable'],
    },
    async (call) => {
      const { id } = await findWebhook(webhooks, call.caller, call.params.webhook_id)
      const found = await deliveries.find(call.caller.tenantId, id, deliveryIdOf(call.params.delivery_id))
      return call.json(200, present(found ?? notFound(), call.caller))
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/resend',
      audit: 'webhook.delivery_resent',
      scope: 'webhooks:write',
      tag,
      summary: 'Send a delivery again',
      description:
        'The same body under the same `webhook-id`, signed anew, with the header `Wagate-Resend: <how often>`. It is attempted at once and, if that fails, by the whole schedule. Whatever became of it before, it may be resent, unless it is about to be attempted anyway.',
      answers: { 202: { description: 'The delivery, pending again.', schema: delivery } },
      problems: [
        'webhook-not-found',
        'delivery-not-found',
        'webhook-disabled',
        'delivery-pending',
        'delivery-resent-too-often',
        'views-unavailable',
      ],
    },
    async (call) => {
      const { caller, origin, body, params } = call
      const run = async () => {
        const { id } = enabled(await findWebhook(webhooks, caller, params.webhook_id))
        const resent = await deliveries.resend(caller.tenantId, id, deliveryIdOf(params.delivery_id))
        return { status: 202, body: deliveryOf(resent) }
      }
      const done = await runOnce(deps, caller, origin, { body, run })
      return call.json(done.status, done.body, done.headers)
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/webhooks/{webhook_id}/test',
      audit: 'webhook.tested',
      scope: 'webhooks:write',
      tag,
      summary: 'Send a test to a webhook endpoint',
      description:
        'A `webhook.test`, signed like any event and attempted once, within a second or so: get the delivery to see what came of it. It is no event of a session: no other endpoint gets it, whatever types this one asks for.',
      answers: { 202: { description: 'The delivery.', schema: delivery } },
      problems: ['webhook-not-found', 'webhook-disabled', 'views-unavailable'],
    },
    async (call) => {
      const { caller, origin, body, params } = call
      const run = async () => {
        const { id } = enabled(await findWebhook(webhooks, caller, params.webhook_id))
        return { status: 202, body: await startTest(deps, caller.tenantId, id) }
      }
      const done = await runOnce(deps, caller, origin, { body, run })
      return call.json(done.status, done.body, done.headers)
    },
  )
}

async function startTest({ deliveries, newId, now }: DeliveryDeps, tenantId: string, endpointId: string) {
  const deliveryId = newId('delivery')
  const eventId = `evt_${ulidOf(deliveryId)}_test`
  const body = JSON.stringify(toTestPayload({ id: eventId, tenantId, at: now().toISOString() }))
  const made = await deliveries.test(tenantId, { deliveryId, endpointId, eventId, body })
  if (made) return made
  throw new DomainError('rate-limited', 'This endpoint was tested too often: wait a minute, then test it again.', {
    retryAfterSeconds: 60,
  })
}

/** Contents only to those who may read messages; support sees how it went and nothing that anybody's systems said. */
function present({ delivery: shown, body, attempts }: FullDelivery, { scopes, actor }: Caller) {
  const support = actor.kind === 'support'
  return {
    ...shown,
    attempt_log: support ? attempts.map((attempt) => ({ ...attempt, response_body: null })) : attempts,
    payload: !support && scopes.includes('messages:read') ? (JSON.parse(body) as unknown) : null,
  }
}

function deliveryOf(resent: Resent) {
  switch (resent.kind) {
    case 'resent':
      return resent.delivery
    case 'missing':
      return notFound()
    case 'soon':
      throw new DomainError(
        'delivery-pending',
        `This delivery is being attempted, or will be at ${resent.nextAttemptAt}: wait for that, and resend it if it fails.`,
      )
    case 'too-often':
      throw new DomainError(
        'delivery-resent-too-often',
        `This delivery was resent ${maxResends} times: find out from its attempts what the endpoint answers.`,
      )
  }
}

function enabled(webhook: Webhook): Webhook {
  if (webhook.enabled) return webhook
  throw new DomainError(
    'webhook-disabled',
    'Nothing is sent to this endpoint because it is disabled: enable it with PATCH /v1/webhooks/{id} first.',
  )
}

const deliveryIdOf = (id: string): string => (isId('delivery', id) ? id : notFound())

function notFound(): never {
  throw new DomainError(
    'delivery-not-found',
    'This endpoint has no delivery with this id: it may be older than deliveries are kept. List them with GET /v1/webhooks/{id}/deliveries.',
  )
}
