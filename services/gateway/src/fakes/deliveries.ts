import { randomBytes } from 'node:crypto'
import type { Delivery } from '@wagate/api/webhook.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import type { DeliveryStore } from '../webhook/delivery-store.ts'
import type { WebhookStore } from '../webhook/store.ts'
import { pageOf } from './stores.ts'

type Kept = Delivery & { tenantId: string; endpointId: string }

/** Deliveries that are what a test adds; a resent one is pending. */
export function fakeDeliveries(): DeliveryStore & { kept: Kept[] } {
  const kept: Kept[] = []
  const find = (tenantId: string, endpointId: string, id: string) =>
    kept.find((one) => one.tenantId === tenantId && one.endpointId === endpointId && one.id === id)
  const shown = ({ tenantId: _, endpointId: __, ...delivery }: Kept): Delivery => delivery
  return {
    kept,
    list: async (tenantId, { endpointId, status }, page) =>
      pageOf(
        kept
          .filter((one) => one.tenantId === tenantId && one.endpointId === endpointId)
          .filter((one) => !status || one.status === status)
          .map(shown),
        page,
      ),
    find: async (tenantId, endpointId, id) => {
      const found = find(tenantId, endpointId, id)
      return found && { delivery: shown(found), body: '{"type":"message.received"}', attempts: [anAttempt] }
    },
    resend: async (tenantId, endpointId, id) => {
      const found = find(tenantId, endpointId, id)
      if (!found) return { kind: 'missing' }
      Object.assign(found, { status: 'pending', resends: found.resends + 1, settled_at: null })
      return { kind: 'resent', delivery: shown(found) }
    },
    test: async (tenantId, { deliveryId, endpointId, eventId }) => {
      const of = { tenantId, endpointId, event_type: 'webhook.test', session_id: null }
      kept.push({ ...aDelivery, ...of, id: deliveryId, event_id: eventId, status: 'pending' })
      return kept.map(shown).at(-1)
    },
  }
}

const aDelivery: Delivery = {
  id: 'dlv_01KAH2Z6W4V8D9Q3N5R7T1XYZC',
  event_id: 'evt_01KAH2Z6W4V8D9Q3N5R7T1XYZC_000002',
  event_type: 'message.received',
  session_id: 'ses_01KAH2Z6W4V8D9Q3N5R7T1XYZC',
  status: 'exhausted',
  attempts: 8,
  last_status_code: 500,
  last_error: 'status',
  next_attempt_at: null,
  resends: 0,
  resent_at: null,
  created_at: '2026-11-20T10:00:00.000Z',
  settled_at: '2026-11-21T14:00:00.000Z',
}

const anAttempt = {
  attempt: 1,
  at: '2026-11-20T10:00:00.000Z',
  duration_ms: 12,
  status_code: 500,
  error: 'status' as const,
  resend: 0,
  response_body: 'a stack trace of theirs',
}

type Making = {
  webhooks: Pick<WebhookStore, 'create'>
  deliveries: { kept: Kept[] }
  newId: (kind: IdKind) => string
  now: () => Date
}

/** An endpoint with a delivery that failed to the end. */
export async function addWebhook({ webhooks, deliveries, newId, now }: Making, tenantId: string, mode: Mode) {
  const secret = { kekId: 'test', iv: randomBytes(12), ciphertext: randomBytes(8), tag: randomBytes(16) }
  const [webhookId, deliveryId] = [newId('webhookEndpoint'), newId('delivery')]
  const endpoint = { id: webhookId, mode, url: 'https://example.com/', description: null, eventTypes: [] }
  await webhooks.create(tenantId, { ...endpoint, secret, at: now() })
  deliveries.kept.push({ ...aDelivery, id: deliveryId, tenantId, endpointId: webhookId })
  return { webhookId, deliveryId }
}
