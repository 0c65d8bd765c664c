// The timeline as the gateway reads it: what a session's events told and what people asked for, in one order.
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { expect, test } from 'vitest'
import { createInTenant } from '../postgres/in-tenant.ts'
import { createTimelineStore } from './timeline-store.ts'

const atSecond = (second: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, second))

async function openWorld() {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await cloneDatabase())
  const open = (role: 'wagate_api' | 'wagate_projector') => {
    const sql = openPostgres({ url: database.urlFor(role), applicationName: 'test', max: 2 })
    stack.defer(() => sql.end({ timeout: 1 }))
    return sql
  }
  const [api, projector] = [open('wagate_api'), open('wagate_projector')]
  let number = 0
  return {
    store: createTimelineStore(createInTenant(api, 5_000)),
    tell: (second: number, type: string, more: Record<string, string> = {}) => {
      const ids = { tenant_id: more.tenant_id ?? 'ten_a', session_id: more.session_id ?? 'ses_1' }
      const entry = { sequence: ++number, part: 0, entry_id: `evt_${String(number).padStart(6, '0')}.0` }
      const told = { at: atSecond(second), type, reason: more.reason ?? null, detail: {} }
      return projector`insert into session_timeline ${projector({ ...ids, ...entry, ...told })}`
    },
    ask: (second: number, action: string, changes: Record<string, string | number> = {}, tenantId = 'ten_a') => {
      const entry = { tenant_id: tenantId, number: ++number, entry_id: `aud_${number}`, at: atSecond(second) }
      const what = {
        actor_kind: 'person',
        actor_id: 'per_1',
        action,
        targets: ['ses_1'],
        changes: projector.json(changes),
      }
      return projector`insert into audit_entry ${projector({ ...entry, ...what, previous_hash: '', hash: '' })}`
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

test('what happened and what was asked for come in one order, newest first, with who asked', async () => {
  await using world = await openWorld()
  await world.ask(0, 'session.created')
  await world.tell(1, 'created')
  await world.tell(2, 'connected')
  await world.ask(3, 'session.updated', { 'pacing.per_second': 0.5 })
  await world.ask(4, 'session.updated', { proxy: 'removed' })
  await world.ask(5, 'session.updated', { proxy: 'set', pacing: 'default' })
  await world.ask(5, 'session.updated', { name: 'set' })
  await world.ask(6, 'session.logged_out')
  await world.tell(7, 'closed', { reason: 'logged_out_as_asked' })
  await world.ask(8, 'webhook.created')
  await world.tell(9, 'connected', { tenant_id: 'ten_b' })
  await world.tell(9, 'connected', { session_id: 'ses_2' })
  await world.ask(9, 'session.restarted', {}, 'ten_b')
  const rows = await world.store.list('ten_a', 'ses_1', { limit: 20, after: undefined })
  const by = { kind: 'person', id: 'per_1' }
  expect(rows.map(({ item: { type, reason, by, detail } }) => ({ type, reason, by, detail }))).toEqual([
    { type: 'closed', reason: 'logged_out_as_asked', by: null, detail: {} },
    { type: 'logout_asked', reason: null, by, detail: {} },
    { type: 'renamed', reason: null, by, detail: { changes: { name: 'set' } } },
    { type: 'settings_changed', reason: null, by, detail: { changes: { proxy: 'set', pacing: 'default' } } },
    { type: 'proxy_changed', reason: 'removed', by, detail: { changes: { proxy: 'removed' } } },
    { type: 'pace_changed', reason: null, by, detail: { changes: { 'pacing.per_second': 0.5 } } },
    { type: 'connected', reason: null, by: null, detail: {} },
    { type: 'created', reason: null, by, detail: {} },
  ])
})

test('pages hold every entry once, also of the same millisecond', async () => {
  await using world = await openWorld()
  for (let n = 0; n < 9; n++) await (n % 3 === 2 ? world.ask(1, 'session.restarted') : world.tell(n % 2, 'connected'))
  const seen: string[] = []
  for (let after: { key: string; id: string } | undefined; ; ) {
    const rows = await world.store.list('ten_a', 'ses_1', { limit: 2, after })
    seen.push(...rows.slice(0, 2).map(({ item }) => item.id))
    after = rows[1]?.position
    if (rows.length <= 2) break
  }
  expect(seen).toHaveLength(9)
  expect(new Set(seen).size).toBe(9)
})
