import { cloneDatabase } from '@wagate/testing/postgres.ts'
import postgres from 'postgres'
import { expect, test } from 'vitest'

const tables = [
  'webhook_endpoint',
  'plan_change',
  'session_view',
  'session_timeline',
  'message_view',
  'chat_view',
  'webhook_delivery',
  'delivery_attempt',
  'usage_day',
  'message_hour',
  'api_call_day',
]
const at = '2026-11-20T10:00:00Z'

/** One row of each kind for the tenants `ten_a` and `ten_b`. */
async function insertRows(url: string): Promise<void> {
  const sql = postgres(url, { max: 1 })
  await sql`select ensure_message_partition(${at})`
  for (const tenant_id of ['ten_a', 'ten_b']) {
    const session = { tenant_id, session_id: 'ses_1' }
    await sql`insert into tenant ${sql({ tenant_id, name: 'A' })}`
    const secret = Buffer.from('x')
    await sql`insert into webhook_endpoint ${sql({ tenant_id, endpoint_id: 'whe_1', url: 'https://example.com', mode: 'test', event_types: [], secret_iv: secret, secret_ciphertext: secret, secret_tag: secret, secret_kek_id: 'k1' })}`
    await sql`insert into plan_change ${sql({ tenant_id, change_id: 'pch_1', at, from_plan: 'basic', to_plan: 'pro', state: 'requested', by: 'key:1' })}`
    await sql`insert into session_view ${sql({ ...session, mode: 'test', status: 'connected', created_at: at, changed_at: at, sequence: 1, first_stream_seq: 1, stream_seq: 1 })}`
    await sql`insert into session_timeline ${sql({ ...session, sequence: 1, part: 0, entry_id: 'evt_1.0', at, type: 'created', detail: {} })}`
    await sql`insert into chat_view ${sql({ ...session, chat_id: 'cht_1', mode: 'test', phone: '+999', last_message_id: 'msg_1', last_message_at: at, unread_count: 0, created_at: at, first_stream_seq: 1, stream_seq: 1 })}`
    await sql`insert into message_view ${sql({ ...session, message_id: 'msg_1', created_at: at, chat_id: 'cht_1', direction: 'out', type: 'text', content: '{}', state: 'sent', stream_seq: 1 })}`
    await sql`insert into webhook_delivery ${sql({ ...session, delivery_id: 'dlv_1', endpoint_id: 'whe_1', event_id: 'evt_1', event_type: 'message.sent', stream_seq: 1, body: '{}', status: 'pending' })}`
    await sql`insert into usage_day ${sql({ ...session, day: at, message_type: 'text', mode: 'test', first_sequence: 1, stream_seq: 1 })}`
    await sql`insert into message_hour ${sql({ ...session, hour: at, mode: 'test', first_sequence: 1, stream_seq: 1 })}`
    await sql`insert into api_call_day ${sql({ tenant_id, day: at, mode: 'test', gateway_id: 'gw_1', succeeded: 1, refused: 0, rate_limited: 0, failed: 0 })}`
    await sql`insert into delivery_attempt ${sql({ tenant_id, delivery_id: 'dlv_1', attempt: 1, started_at: at, duration_ms: 1 })}`
  }
  await sql.end()
}

test('the gateway reads the rows of the tenant that the transaction names, and of no other', async () => {
  await using db = await cloneDatabase()
  await insertRows(db.url)
  const api = postgres(db.urlFor('wagate_api'), { max: 1 })
  for (const table of tables) {
    const rows = await api.begin(async (tx) => {
      await tx`select set_config('app.tenant_id', 'ten_a', true)`
      return tx`select tenant_id from ${tx(table)}`
    })
    expect(rows, table).toEqual([{ tenant_id: 'ten_a' }])
    const others = await api.begin(async (tx) => {
      await tx`select set_config('app.tenant_id', 'ten_a', true)`
      return tx`select tenant_id from ${tx(table)} where tenant_id = 'ten_b'`
    })
    expect(others, table).toEqual([])
  }
  await api.end()
})

test('a query that names no tenant fails, on a fresh connection and after another tenant used it', async () => {
  await using db = await cloneDatabase()
  await insertRows(db.url)
  for (const table of tables) {
    const api = postgres(db.urlFor('wagate_api'), { max: 1 })
    await expect(api`select * from ${api(table)}`, table).rejects.toThrow('app.tenant_id')
    await api.begin((tx) => tx`select set_config('app.tenant_id', 'ten_a', true)`)
    await expect(api`select * from ${api(table)}`, table).rejects.toThrow('app.tenant_id is not set')
    await api.end()
  }
})

test('the gateway cannot write rows of another tenant, nor any row of a view', async () => {
  await using db = await cloneDatabase()
  await insertRows(db.url)
  const api = postgres(db.urlFor('wagate_api'), { max: 1 })
  const asTenantA = (run: (tx: postgres.TransactionSql) => Promise<unknown>) =>
    api.begin(async (tx) => {
      await tx`select set_config('app.tenant_id', 'ten_a', true)`
      return run(tx)
    })
  const moved = asTenantA((tx) => tx`update webhook_endpoint set tenant_id = 'ten_b' where endpoint_id = 'whe_1'`)
  await expect(moved).rejects.toThrow('row-level security')
  const counted = asTenantA((tx) => tx`update api_call_day set tenant_id = 'ten_b' where gateway_id = 'gw_1'`)
  await expect(counted).rejects.toThrow('row-level security')
  for (const table of [
    'session_view',
    'message_view',
    'chat_view',
    'webhook_delivery',
    'usage_day',
    'message_hour',
    'api_call_day',
  ])
    await expect(asTenantA((tx) => tx`delete from ${tx(table)}`)).rejects.toThrow('permission denied')
  await api.end()
})

test('partitions are reached through message_view only', async () => {
  await using db = await cloneDatabase()
  await insertRows(db.url)
  for (const role of ['wagate_api', 'wagate_projector'] as const) {
    const sql = postgres(db.urlFor(role), { max: 1 })
    await expect(sql`select * from message_view_2026_11`).rejects.toThrow('permission denied')
    await sql.end()
  }
})

test('mails to people are the gateway’s alone', async () => {
  await using db = await cloneDatabase()
  const api = postgres(db.urlFor('wagate_api'), { max: 1 })
  expect(await api`select * from mail_outbox`).toEqual([])
  await api.end()
  for (const role of ['wagate_projector', 'wagate_webhooks'] as const) {
    const sql = postgres(db.urlFor(role), { max: 1 })
    await expect(sql`select * from mail_outbox`).rejects.toThrow('permission denied')
    await sql.end()
  }
})

test('projector and webhooks see every tenant, and only their own tables', async () => {
  await using db = await cloneDatabase()
  await insertRows(db.url)
  const projector = postgres(db.urlFor('wagate_projector'), { max: 1 })
  const webhooks = postgres(db.urlFor('wagate_webhooks'), { max: 1 })
  expect(await projector`select tenant_id from message_view`).toHaveLength(2)
  expect(await webhooks`select tenant_id from webhook_endpoint`).toHaveLength(2)
  await expect(projector`select * from webhook_endpoint`).rejects.toThrow('permission denied')
  await expect(webhooks`select * from message_view`).rejects.toThrow('permission denied')
  await expect(webhooks`update webhook_endpoint set url = 'https://elsewhere.example'`).rejects.toThrow('permission')
  await Promise.all([projector.end(), webhooks.end()])
})
