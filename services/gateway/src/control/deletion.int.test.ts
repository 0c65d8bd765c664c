import { randomBytes } from 'node:crypto'
import { createIds } from '@wagate/messages/ids.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import postgres, { type Sql } from 'postgres'
import { expect, test } from 'vitest'
import { createDeletionControl, type DeletionControl } from './deletion.ts'

const dayMs = 86_400_000
const now = () => new Date()
const inGrace = { graceMs: 30 * dayMs, requestedBy: 'person:per_1' }
const atOnce = { graceMs: 0, requestedBy: 'operator' }

async function withTenant(run: (deletions: DeletionControl, admin: Sql) => Promise<void>): Promise<void> {
  await using db = await cloneDatabase()
  const api = openPostgres({ url: db.urlFor('wagate_api'), applicationName: 'test', max: 1 })
  const admin = postgres(db.url, { max: 1, onnotice: () => {} })
  const newId = createIds({ now, randomBytes })
  try {
    await admin`insert into tenant (tenant_id, name, plan) values ('ten_a', 'Shoes', 'pro')`
    await run(createDeletionControl({ sql: api, now, newId, mirrorTenant: async () => {} }), admin)
  } finally {
    await Promise.all([api.end(), admin.end()])
  }
}

const jobs = (admin: Sql) =>
  admin<{ state: string; step: string | null }[]>`select state, step from job order by job_id`

test('a deletion is one job however often it is asked for, at the earliest of the times', () =>
  withTenant(async (deletions, admin) => {
    const first = await deletions.begin('ten_a', inGrace)
    expect(await deletions.begin('ten_a', inGrace)).toEqual(first)
    expect((await deletions.begin('ten_a', atOnce)).getTime()).toBeLessThan(first.getTime())
    expect(await jobs(admin)).toEqual([{ state: 'waiting', step: null }])
    expect(await admin`select 1 from job where due_at <= now()`).toHaveLength(1)
    expect(await deletions.takeBack('ten_a')).toBe(true)
    expect(await deletions.takeBack('ten_a')).toBe(false)
  }))

test('what has begun cannot be taken back, also while it waits to be tried again', () =>
  withTenant(async (deletions, admin) => {
    await deletions.begin('ten_a', atOnce)
    await admin`update job set step = 'close', error_code = 'unavailable'`
    expect(await deletions.takeBack('ten_a')).toBe(false)
    await admin`update job set step = null`
    await admin`update tenant set erased_at = now(), name = ''`
    expect(await deletions.takeBack('ten_a')).toBe(false)
    expect(await jobs(admin)).toEqual([{ state: 'waiting', step: null }])
  }))

test('an account that was erased is erased once more when something of it was restored', () =>
  withTenant(async (deletions, admin) => {
    const deletesAt = await deletions.begin('ten_a', atOnce)
    await admin`update job set state = 'succeeded', due_at = null`
    await admin`update tenant set erased_at = now(), name = ''`
    expect(await deletions.begin('ten_a', atOnce)).toEqual(deletesAt)
    expect((await jobs(admin)).map(({ state }) => state)).toEqual(['succeeded', 'waiting'])
  }))
