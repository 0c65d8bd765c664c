// What the client offers to those who build on the API: webhook endpoints, what was sent to them, and their own requests.
import type { CallOptions, PageOptions } from './client.ts'
import type { Page } from './paging.ts'
import type { LoggedRequest, RequestsQuery } from './request-log.ts'
import type {
  CreateWebhook,
  DeliveriesQuery,
  Delivery,
  DeliveryDetail,
  UpdateWebhook,
  Webhook,
  WebhookWithSecret,
} from './webhook.ts'

/** A list's options: where it goes on, and what it is narrowed to; what is left out is not there at all. */
type Options<Given> = PageOptions & {
  [Name in Exclude<keyof Given, keyof PageOptions>]?: Exclude<Given[Name], undefined>
}

type Calls = {
  get: <Answer>(path: string) => Promise<Answer>
  list: <Item>(path: string, options?: Options<DeliveriesQuery> | Options<RequestsQuery>) => Promise<Page<Item>>
  post: <Answer>(path: string, body: unknown, options?: CallOptions) => Promise<Answer>
  call: {
    json: <Answer>(method: string, path: string, options: { body: unknown }) => Promise<Answer>
    empty: (method: string, path: string) => Promise<void>
  }
}

export function developerMethods({ get, list, post, call }: Calls) {
  const webhook = (id: string) => `/v1/webhooks/${encodeURIComponent(id)}`
  const delivery = (id: string, of: string) => `${webhook(id)}/deliveries/${encodeURIComponent(of)}`
  return {
    createWebhook: (body: CreateWebhook, options?: CallOptions) =>
      post<WebhookWithSecret>('/v1/webhooks', body, options),
    listWebhooks: (options?: PageOptions) => list<Webhook>('/v1/webhooks', options),
    getWebhook: (id: string) => get<Webhook>(webhook(id)),
    updateWebhook: (id: string, body: UpdateWebhook) => call.json<Webhook>('PATCH', webhook(id), { body }),
    deleteWebhook: (id: string) => call.empty('DELETE', webhook(id)),
    rotateWebhookSecret: (id: string, options?: CallOptions) =>
      post<WebhookWithSecret>(`${webhook(id)}/rotate-secret`, undefined, options),
    listDeliveries: (id: string, options?: Options<DeliveriesQuery>) =>
      list<Delivery>(`${webhook(id)}/deliveries`, options),
    getDelivery: (id: string, deliveryId: string) => get<DeliveryDetail>(delivery(id, deliveryId)),
    resendDelivery: (id: string, deliveryId: string, options?: CallOptions) =>
      post<Delivery>(`${delivery(id, deliveryId)}/resend`, undefined, options),
    listRequests: (options?: Options<RequestsQuery>) => list<LoggedRequest>('/v1/requests', options),
    /** By the `X-Request-Id` of its answer. */
    getRequest: (id: string) => get<LoggedRequest>(`/v1/requests/${encodeURIComponent(id)}`),
    testWebhook: (id: string, options?: CallOptions) => post<Delivery>(`${webhook(id)}/test`, undefined, options),
  }
}
