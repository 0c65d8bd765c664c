import {
  createWebhook,
  updateWebhook,
  webhook,
  webhookPage,
  webhooksQuery,
  webhookWithSecret,
} from '@wagate/api/webhook.ts'
import { limitsOf } from '@wagate/messages/control.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import type { MasterKey } from '@wagate/runtime/seal.ts'
import type { Caller } from '../access/authenticate.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import type { IdempotencyDeps } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import { answerSecretOnce } from '../http/sealed-answer.ts'
import { checkUrl, type UrlPolicy } from './check-url.ts'
import { findWebhook, webhookIdOf, webhookNotFound } from './find.ts'
import { newSecret, sealForEndpoint } from './secret.ts'
import type { WebhookStore } from './store.ts'

export type WebhookDeps = IdempotencyDeps & {
  webhooks: WebhookStore
  cursors: Cursors
  newId: (kind: IdKind) => string
  masterKey: MasterKey
  urlPolicy: UrlPolicy
}

const tag = 'Webhooks'

export function webhookRoutes(mount: Mount, deps: WebhookDeps): void {
  const { webhooks: store } = deps

  mount(
    {
      method: 'post',
      path: '/v1/webhooks',
      audit: 'webhook.created',
      scope: 'webhooks:write',
      tag,
      summary: 'Add a webhook endpoint',
      description:
        'Events are posted to it, signed as Standard Webhooks has it. The secret is shown only in this answer.',
      body: createWebhook,
      answers: { 201: { description: 'The endpoint with its secret.', schema: webhookWithSecret } },
      problems: ['webhook-url-refused', 'webhook-limit-reached', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const url = checkUrl(call.body.url, deps.urlPolicy)
      const run = async () => {
        await checkLimit(deps, call.caller)
        const id = deps.newId('webhookEndpoint')
        const secret = newSecret(deps.randomBytes)
        const { description, event_types: eventTypes } = call.body
        const sealed = sealForEndpoint(deps.masterKey, tenantId, id, secret)
        const created = await store.create(tenantId, {
          id,
          mode,
          url,
          description,
          eventTypes,
          secret: sealed,
          at: deps.now(),
        })
        return { status: 201, body: { ...created, secret } }
      }
      call.note({ changes: { host: new URL(url).host, event_types: call.body.event_types } })
      return answerSecretOnce(deps, call, run)
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/webhooks',
      scope: 'webhooks:read',
      tag,
      summary: 'List webhook endpoints',
      query: webhooksQuery,
      answers: { 200: { description: 'Newest first.', schema: webhookPage } },
      problems: ['invalid-cursor', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const { limit, cursor } = call.query
      const list = [tenantId, mode, 'webhooks']
      const after = cursor === undefined ? undefined : deps.cursors.decode(list, cursor)
      return call.json(
        200,
        pageOf(await store.list(tenantId, mode, { limit, after }), limit, { cursors: deps.cursors, list }),
      )
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/webhooks/{webhook_id}',
      scope: 'webhooks:read',
      tag,
      summary: 'Get a webhook endpoint',
      answers: { 200: { description: 'The endpoint.', schema: webhook } },
      problems: ['webhook-not-found', 'views-unavailable'],
    },
    async (call) => call.json(200, await findWebhook(store, call.caller, call.params.webhook_id)),
  )

  mount(
    {
      method: 'patch',
      path: '/v1/webhooks/{webhook_id}',
      audit: 'webhook.updated',
      scope: 'webhooks:write',
      tag,
      summary: 'Change a webhook endpoint',
      description: 'Fields that are left out stay as they are.',
      body: updateWebhook,
      answers: { 200: { description: 'The endpoint as it is now.', schema: webhook } },
      problems: ['webhook-not-found', 'webhook-url-refused', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const { url, event_types: eventTypes, description, enabled } = call.body
      const change = {
        ...(url !== undefined && { url: checkUrl(url, deps.urlPolicy) }),
        ...(eventTypes !== undefined && { eventTypes }),
        ...(description !== undefined && { description }),
        ...(enabled !== undefined && { enabled }),
      }
      const changed = await store.update(tenantId, mode, webhookIdOf(call.params.webhook_id), change, deps.now())
      call.note({
        changes: {
          fields: Object.keys(call.body),
          ...(change.url !== undefined && { host: new URL(change.url).host }),
          ...(enabled !== undefined && { enabled }),
        },
      })
      return call.json(200, changed ?? webhookNotFound())
    },
  )

  mount(
    {
      method: 'delete',
      path: '/v1/webhooks/{webhook_id}',
      audit: 'webhook.deleted',
      scope: 'webhooks:write',
      tag,
      summary: 'Delete a webhook endpoint',
      answers: { 204: { description: 'Nothing is delivered to it any more.' } },
      problems: ['webhook-not-found', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      if (!(await store.delete(tenantId, mode, webhookIdOf(call.params.webhook_id), deps.now()))) webhookNotFound()
      return call.answer(204, null, {})
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/webhooks/{webhook_id}/rotate-secret',
      audit: 'webhook.secret_rotated',
      scope: 'webhooks:write',
      tag,
      summary: 'Replace the secret of a webhook endpoint',
      description: 'Deliveries from now on are signed with the new secret only.',
      answers: { 200: { description: 'The endpoint with its new secret.', schema: webhookWithSecret } },
      problems: ['webhook-not-found', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const id = webhookIdOf(call.params.webhook_id)
      const run = async () => {
        const secret = newSecret(deps.randomBytes)
        const sealed = sealForEndpoint(deps.masterKey, tenantId, id, secret)
        const changed = await store.update(tenantId, mode, id, { secret: sealed }, deps.now())
        return { status: 200, body: { ...(changed ?? webhookNotFound()), secret } }
      }
      return answerSecretOnce(deps, call, run)
    },
  )
}

/** Two requests at once may exceed the limit by one. */
async function checkLimit({ webhooks }: WebhookDeps, { tenantId, mode, tenant }: Caller): Promise<void> {
  const { webhookEndpoints: limit } = limitsOf(tenant)
  if ((await webhooks.count(tenantId, mode)) < limit) return
  throw new DomainError(
    'webhook-limit-reached',
    `This account may have ${limit} webhook endpoints of a mode: delete one with DELETE /v1/webhooks/{id}, or choose a bigger plan with POST /v1/plan.`,
  )
}
