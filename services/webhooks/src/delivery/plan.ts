// An event → the deliveries it makes. Pure, but for the ids it is given.
import { toWebhookPayload } from '@wagate/api/webhook-payload.ts'
import type { Event } from '@wagate/messages/events.ts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import type { Delivery } from './delivery.ts'

/** A row of `webhook_delivery` to be. */
export type PlannedDelivery = Delivery & { sessionId: string; streamSeq: number }

/** One delivery per endpoint, all with the same body. */
export function planDeliveries(
  event: Event,
  streamSeq: number,
  endpoints: readonly Endpoint[],
  newId: (kind: 'delivery') => string,
): PlannedDelivery[] {
  if (endpoints.length === 0) return []
  const body = JSON.stringify(toWebhookPayload(event))
  return endpoints.map(({ tenantId, endpointId }) => ({
    tenantId,
    endpointId,
    deliveryId: newId('delivery'),
    eventId: event.id,
    eventType: event.type,
    sessionId: event.sessionId,
    body,
    attempts: 0,
    resends: 0,
    attemptsBefore: 0,
    streamSeq,
  }))
}
