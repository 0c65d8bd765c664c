import type { Webhook } from '@wagate/api/webhook.ts'
import { isId } from '@wagate/messages/ids.ts'
import type { Caller } from '../access/authenticate.ts'
import { DomainError } from '../http/problem.ts'
import type { WebhookStore } from './store.ts'

/** The caller's endpoint of that id. Throws `webhook-not-found`. */
export async function findWebhook(
  webhooks: Pick<WebhookStore, 'find'>,
  { tenantId, mode }: Caller,
  id: string,
): Promise<Webhook> {
  return (await webhooks.find(tenantId, mode, webhookIdOf(id))) ?? webhookNotFound()
}

/** What is not even an id need not be looked up. */
export const webhookIdOf = (id: string): string => (isId('webhookEndpoint', id) ? id : webhookNotFound())

export function webhookNotFound(): never {
  throw new DomainError(
    'webhook-not-found',
    'There is no webhook endpoint with this id: check it, or list yours with GET /v1/webhooks.',
  )
}
