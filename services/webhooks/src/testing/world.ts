// A tenant with endpoints in a database of its own, and the service's working parts on top of it.
import { randomBytes } from 'node:crypto'
import type { Event } from '@wagate/messages/events.ts'
import { eventId, ulidFrom } from '@wagate/messages/ids.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { createMetrics } from '@wagate/runtime/metrics.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { parseMasterKey, sealSecret } from '@wagate/runtime/seal.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import type { RetryPolicy } from '../attempt/next-attempt.ts'
import { createSender } from '../attempt/send.ts'
import { type Deliveries, openDeliveries } from '../deliveries.ts'

export const tenantId = 'ten_a'
export const secret = `whsec_${randomBytes(32).toString('base64')}`
export const master = parseMasterKey(randomBytes(32).toString('base64'), 'k1')
/** Soon, so that a test sees the retries. */
export const quickPolicy: RetryPolicy = { delaysMs: [50, 50, 50], jitter: 0, maxRetryAfterMs: 1_000 }

export async function openWorld() {
  const db = await cloneDatabase()
  const sql = openPostgres({ url: db.urlFor('wagate_webhooks'), applicationName: 'webhooks', max: 4 })
  const admin = openPostgres({ url: db.url, applicationName: 'test', max: 1 })
  await admin`insert into tenant ${admin({ tenant_id: tenantId, name: 'A' })}`
  const opened: Deliveries[] = []
  const closers: (() => Promise<void>)[] = []

  return {
    sql,
    admin,
    /** As the gateway does it. */
    async addEndpoint(endpointId: string, url: string, options: { mode?: string; eventTypes?: string[] } = {}) {
      const sealed = sealSecret(master, `${tenantId}|${endpointId}`, secret)
      await admin`insert into webhook_endpoint ${admin({
        tenant_id: tenantId,
        endpoint_id: endpointId,
        url,
        mode: options.mode ?? 'test',
        event_types: options.eventTypes ?? [],
        secret_iv: sealed.iv,
        secret_ciphertext: sealed.ciphertext,
        secret_tag: sealed.tag,
        secret_kek_id: sealed.kekId,
      })}`
    },
    /** One copy of the service. */
    async open(options: { policy?: RetryPolicy; timeoutMs?: number; pollEveryMs?: number } = {}): Promise<Deliveries> {
      const config = { timeoutMs: options.timeoutMs ?? 5_000, maxResponseBytes: 65_536, allowPrivate: true }
      const sender = createSender(config, () => new Date())
      const metrics = createMetrics({ service: 'webhooks', processMetrics: false })
      const policy = options.policy ?? quickPolicy
      const logger = silentLogger()
      const { pollEveryMs = 200 } = options
      const deliveries = await openDeliveries({ sql, sender, master, metrics, logger, policy, pollEveryMs })
      opened.push(deliveries)
      closers.push(() => sender.close())
      return deliveries
    },
    deliveries: () =>
      admin<
        {
          endpoint_id: string
          status: string
          attempts: number
          last_status_code: number | null
          last_error: string | null
        }[]
      >`
        select endpoint_id, status, attempts, last_status_code, last_error from webhook_delivery order by endpoint_id, stream_seq`,
    count: async (status: string): Promise<number> => {
      const [row] = await admin<{ count: number }[]>`
        select count(*)::int as count from webhook_delivery where status = ${status}`
      return row?.count ?? 0
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((deliveries) => deliveries.close()))
      await Promise.all(closers.map((close) => close()))
      await Promise.all([sql.end({ timeout: 1 }), admin.end()])
      await db[Symbol.asyncDispose]()
    },
  }
}

/** A session's events: its creation, then received messages. */
export function createStory(mode: 'test' | 'live' = 'test', name = 'one') {
  const at = '2026-11-20T10:00:00.000Z'
  const sessionId = `ses_${ulidFrom(Date.parse(at), Buffer.from(name.padEnd(10, '.')))}`
  let sequence = 0
  const envelope = () => {
    sequence++
    return { id: eventId(sessionId, sequence), source: 'worker', time: at, tenantId, sessionId, sequence }
  }
  return {
    sessionId,
    created: (): Event => ({ ...envelope(), type: 'session.created', data: { mode, at } }),
    deleted: (): Event => ({ ...envelope(), type: 'session.deleted', data: { at } }),
    received: (body = 'hello'): Event => {
      const fields = envelope()
      const messageId = `msg_${ulidFrom(Date.parse(at) + fields.sequence, Buffer.from('received..'))}`
      const party = { phone: '+999100200300' }
      const content = { type: 'text' as const, text: { body } }
      return {
        ...fields,
        type: 'message.received',
        data: { messageId, waMessageId: `wa_${fields.sequence}`, chat: party, from: party, content, at },
      }
    },
  }
}

export const putAsideNothing = async (): Promise<void> => {
  throw new Error('nothing was to be put aside')
}

/** Gives events their positions and records them, as a batch of the broker would be. */
export function recorderOf(deliveries: Deliveries) {
  let seq = 0
  return (events: Event[]): Promise<void> =>
    deliveries.record(
      events.map((event) => ({ seq: ++seq, event })),
      putAsideNothing,
    )
}
