// Rows of a tenant as projector and webhooks would write them, for tests: as the database's superuser.
import { makeId } from '@wagate/messages/ids.ts'
import type { Sql } from 'postgres'

let count = 0
const entropy = (): Uint8Array => {
  const bytes = new Uint8Array(10)
  new DataView(bytes.buffer).setUint32(6, ++count)
  return bytes
}

export type Rows = ReturnType<typeof rowsOf>

export const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000)

export function rowsOf(sql: Sql, tenantId: string) {
  const session = { tenant_id: tenantId, session_id: makeId('session', Date.now(), entropy()) }
  return {
    tenantId,
    sessionId: session.session_id,
    async tenant(name = 'a tenant') {
      await sql`insert into tenant ${sql({ tenant_id: tenantId, name, plan: 'enterprise' })}`
    },
    async session(mode: 'test' | 'live' = 'live') {
      const at = new Date()
      await sql`insert into session_view ${sql({ ...session, mode, status: 'connected', created_at: at, changed_at: at, sequence: 1, first_stream_seq: 1, stream_seq: 1 })}`
    },
    async chat(phone: string, at: Date, lid: string | null = null): Promise<string> {
      const chatId = makeId('chat', at.getTime(), entropy())
      await sql`insert into chat_view ${sql({ ...session, chat_id: chatId, mode: 'live', phone, lid, last_message_id: 'msg_1', last_message_at: at, unread_count: 0, created_at: at, first_stream_seq: 1, stream_seq: 1 })}`
      return chatId
    },
    /** What people decided about the chat: it was read up to then. */
    async desk(chatId: string, at: Date) {
      const mark = { read_to_at: at, read_to_id: 'msg_1', read_at: at }
      await sql`insert into chat_desk ${sql({ ...session, chat_id: chatId, mode: 'live', ...mark })}`
    },
    async message(chatId: string, at: Date, body = 'hello', phone: string | null = null): Promise<string> {
      const messageId = makeId('message', at.getTime(), entropy())
      await sql`select ensure_message_partition(${at})`
      await sql`insert into message_view ${sql({ ...session, message_id: messageId, created_at: at, chat_id: chatId, direction: 'out', type: 'text', content: sql.json({ type: 'text', text: { body } }), chat_phone: phone, state: 'sent', stream_seq: 1 })}`
      await sql`insert into message_words ${sql({ ...session, message_id: messageId, created_at: at, words: 'hello' })}`
      return messageId
    },
    async quickReply(shortcut: string) {
      const at = new Date()
      const reply = { reply_id: makeId('quickReply', at.getTime(), entropy()), shortcut, text: 'a text' }
      await sql`insert into quick_reply ${sql({ tenant_id: tenantId, ...reply, created_at: at, updated_at: at })}`
    },
    async endpoint(): Promise<string> {
      const endpointId = makeId('webhookEndpoint', Date.now(), entropy())
      const secret = Buffer.from('sealed-secret')
      await sql`insert into webhook_endpoint ${sql({ tenant_id: tenantId, endpoint_id: endpointId, url: 'https://example.com/hook', mode: 'live', event_types: [], secret_iv: secret, secret_ciphertext: secret, secret_tag: secret, secret_kek_id: 'k1' })}`
      return endpointId
    },
    async delivery(endpointId: string, at: Date, status = 'delivered', body = '{}'): Promise<string> {
      const deliveryId = makeId('delivery', at.getTime(), entropy())
      await sql`insert into webhook_delivery ${sql({ ...session, delivery_id: deliveryId, endpoint_id: endpointId, event_id: deliveryId, event_type: 'message.sent', stream_seq: 1, body, status, created_at: at })}`
      await sql`insert into delivery_attempt ${sql({ tenant_id: tenantId, delivery_id: deliveryId, attempt: 1, started_at: at, duration_ms: 1 })}`
      return deliveryId
    },
  }
}
