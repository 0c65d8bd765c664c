// Resends and tests against the real table, as the gateway's role may write it.

import { randomBytes } from 'node:crypto'
import { createIds } from '@wagate/messages/ids.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { expect, test } from 'vitest'
import { createInTenant } from '../postgres/in-tenant.ts'
import { createDeliveryStore } from './delivery-store.ts'

const newId = createIds({ now: () => new Date(), randomBytes })
const endpointId = 'whe_1'

async function openWorld() {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await cloneDatabase())
  const open = (role: 'wagate_api' | 'wagate_webhooks') => {
    const sql = openPostgres({ url: database.urlFor(role), applicationName: 'test', max: 2 })
    stack.defer(() => sql.end({ timeout: 1 }))
    return sql
  }
  const [api, webhooks] = [open('wagate_api'), open('wagate_webhooks')]
  return {
    store: createDeliveryStore(createInTenant(api, 5_000)),
    async add(tenantId: string, row: Record<string, string | number | Date | null> = {}) {
      const deliveryId = newId('delivery')
      const made = {
        tenant_id: tenantId,
        delivery_id: deliveryId,
        endpoint_id: endpointId,
        event_id: `evt_${deliveryId}`,
      }
      const what = { event_type: 'message.sent', session_id: 'ses_1', stream_seq: 1, body: '{}', status: 'exhausted' }
      await webhooks`insert into webhook_delivery ${webhooks({ ...made, ...what, attempts: 8, settled_at: new Date(), ...row })}`
      return deliveryId
    },
    rows: (tenantId: string) =>
      webhooks`select status, resends, attempts_before, settled_at, next_attempt_at <= now() as due
        from webhook_delivery where tenant_id = ${tenantId}`,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000)

test('a settled delivery is due again and its schedule begins anew, whatever became of it', async () => {
  await using world = await openWorld()
  for (const status of ['delivered', 'exhausted', 'cancelled']) {
    const id = await world.add(`ten_${status}`, { status })
    const resent = await world.store.resend(`ten_${status}`, endpointId, id)
    expect(resent).toMatchObject({ kind: 'resent', delivery: { id, status: 'pending', resends: 1, settled_at: null } })
    expect(await world.rows(`ten_${status}`)).toEqual([
      { status: 'pending', resends: 1, attempts_before: 8, settled_at: null, due: true },
    ])
  }
})

test('one that waits for hours is brought forward; one that may be in flight is left alone', async () => {
  await using world = await openWorld()
  const waits = await world.add('ten_a', { status: 'pending', settled_at: null, next_attempt_at: inMinutes(300) })
  expect(await world.store.resend('ten_a', endpointId, waits)).toMatchObject({ kind: 'resent' })
  expect(await world.store.resend('ten_a', endpointId, waits)).toMatchObject({ kind: 'soon' })
  const claimed = await world.add('ten_a', { status: 'pending', settled_at: null, next_attempt_at: inMinutes(0.9) })
  expect(await world.store.resend('ten_a', endpointId, claimed)).toMatchObject({ kind: 'soon' })
})

test('resends of one delivery end at their limit; nobody reaches a delivery of another tenant or endpoint', async () => {
  await using world = await openWorld()
  const often = await world.add('ten_a', { resends: 50 })
  expect(await world.store.resend('ten_a', endpointId, often)).toEqual({ kind: 'too-often' })
  const theirs = await world.add('ten_b')
  expect(await world.store.resend('ten_a', endpointId, theirs)).toEqual({ kind: 'missing' })
  expect(await world.store.find('ten_a', endpointId, theirs)).toBeUndefined()
  expect(await world.store.resend('ten_b', 'whe_2', theirs)).toEqual({ kind: 'missing' })
})

test('an endpoint is tested ten times in a minute at most', async () => {
  await using world = await openWorld()
  const run = async () => {
    const deliveryId = newId('delivery')
    return world.store.test('ten_a', { deliveryId, endpointId, eventId: `evt_${deliveryId}`, body: '{}' })
  }
  for (let n = 0; n < 10; n++) expect(await run()).toMatchObject({ status: 'pending', session_id: null })
  expect(await run()).toBeUndefined()
})

test('deliveries are listed by status, type and time', async () => {
  await using world = await openWorld()
  const [old, recent] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-02-01T00:00:00Z')]
  const a = await world.add('ten_a', { created_at: old })
  const b = await world.add('ten_a', { created_at: recent, event_type: 'message.failed' })
  const c = await world.add('ten_a', { created_at: new Date(recent.getTime() + 1), status: 'delivered' })
  const list = async (filter: { status?: 'exhausted' | 'delivered'; type?: string; since?: Date }) => {
    const all = { endpointId, status: undefined, type: undefined, since: undefined, ...filter }
    const rows = await world.store.list('ten_a', all, { limit: 10, after: undefined })
    return rows.map(({ item }) => item.id)
  }
  expect(await list({ status: 'exhausted' })).toEqual([b, a])
  expect(await list({ type: 'message.failed' })).toEqual([b])
  expect(await list({ since: recent })).toEqual([c, b])
})
