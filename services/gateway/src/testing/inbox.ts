// Chats and messages as the projector would have written them, and the gateway's stores beside them, on a database of their own.
import { randomBytes } from 'node:crypto'
import type { Mode } from '@wagate/messages/envelope.ts'
import { createIds, makeId } from '@wagate/messages/ids.ts'
import { wordScope, wordsOf } from '@wagate/messages/words.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { createMessageViews } from '../message/views.ts'
import { createInTenant } from '../postgres/in-tenant.ts'
import { createStores } from '../postgres/stores.ts'

export const newIds = createIds({ now: () => new Date(), randomBytes })
const newId = newIds
const startMs = Date.UTC(2026, 10, 20, 10)

export type GivenChat = {
  tenantId?: string
  sessionId?: string
  mode?: Mode
  phone?: string | null
  lid?: string | null
  name?: string | null
  /** Minutes after the beginning; also of what else is given by minute. */
  at?: number
  unread?: number
}

export async function openInbox() {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await cloneDatabase())
  const open = (role: 'wagate_api' | 'wagate_projector' | 'wagate_owner') => {
    const sql = openPostgres({ url: database.urlFor(role), applicationName: 'test', max: 2 })
    stack.defer(() => sql.end({ timeout: 1 }))
    return sql
  }
  const [api, projector] = [open('wagate_api'), open('wagate_projector')]
  const inTenant = createInTenant(api, 5_000)
  await projector`select ensure_message_partition(${new Date(startMs)})`
  let count = 0
  const timeOf = (minute: number) => new Date(startMs + minute * 60_000)

  return {
    ...{ api, projector, database, timeOf },
    ...createStores(inTenant),
    views: createMessageViews(inTenant),

    async session(sessionId = 'ses_1', { tenantId = 'ten_a', mode = 'live' as Mode } = {}) {
      const at = timeOf(0)
      await projector`insert into session_view ${projector({
        ...{ tenant_id: tenantId, session_id: sessionId, mode, status: 'connected', created_at: at, changed_at: at },
        ...{ sequence: 1, first_stream_seq: 1, stream_seq: 1 },
      })}`
    },

    async chat(given: GivenChat = {}): Promise<string> {
      const { tenantId = 'ten_a', sessionId = 'ses_1', mode = 'live', phone = null, lid = null, name = null } = given
      const at = timeOf(given.at ?? 0)
      const chatId = newId('chat')
      await projector`insert into chat_view ${projector({
        ...{ tenant_id: tenantId, chat_id: chatId, session_id: sessionId, mode, phone, name },
        lid: lid ?? (phone === null ? `${++count}@lid` : null),
        ...{ last_message_id: newId('message'), last_message_at: at, unread_count: given.unread ?? 0, created_at: at },
        ...{ first_stream_seq: 1, stream_seq: 1 },
      })}`
      return chatId
    },

    /** The chat shows it as its last one. */
    async message(
      chatId: string,
      minute: number,
      {
        direction = 'in' as 'in' | 'out',
        body = 'hello',
        tenantId = 'ten_a',
        sessionId = 'ses_1',
        mode = 'live' as Mode,
        type = 'text',
      } = {},
    ): Promise<string> {
      const at = timeOf(minute)
      const messageId = makeId('message', at.getTime(), randomBytes(10))
      const content = type === 'text' ? { type, text: { body } } : { type: 'unsupported', unsupported: { kind: type } }
      await projector`insert into message_view ${projector({
        ...{ tenant_id: tenantId, message_id: messageId, created_at: at, session_id: sessionId, chat_id: chatId },
        ...{ direction, chat_phone: '+999100', type: content.type, content: projector.json(content) },
        ...{ state: direction === 'in' ? 'received' : 'sent', wa_message_id: `3A${minute}`, stream_seq: 1 },
      })}`
      const words = wordsOf(type === 'text' ? body : '').map((word) => `${wordScope(tenantId, mode)}:${word}`)
      await projector`insert into message_words (tenant_id, message_id, created_at, session_id, words)
        values (${tenantId}, ${messageId}, ${at}, ${sessionId}, array_to_tsvector(${words}::text[]))`
      await projector`update chat_view set stream_seq = stream_seq + 1, last_message_id = ${messageId}, last_message_at = ${at},
        unread_count = ${direction === 'in' ? projector`unread_count + 1` : 0}
        where tenant_id = ${tenantId} and chat_id = ${chatId}`
      return messageId
    },

    /** A member of the tenant, with an account of their own. */
    async member(tenantId = 'ten_a', role = 'agent'): Promise<string> {
      const personId = newId('person')
      await api`insert into tenant ${api({ tenant_id: tenantId, name: 'a tenant', plan: 'basic' })} on conflict do nothing`
      await api`insert into person ${api({ person_id: personId, name: 'Ada', email: `${personId}@example.com` })}`
      await api`insert into member ${api({ tenant_id: tenantId, person_id: personId, role })}`
      return personId
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
