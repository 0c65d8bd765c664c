import type { Broker } from '@wagate/runtime/broker.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import postgres, { type Sql } from 'postgres'
import { expect, test } from 'vitest'
import type { Job, JobTools } from '../job/job.ts'
import { daysAgo, rowsOf } from '../testing/rows.ts'
import { dropOldMonths } from './months.ts'
import { planDays } from './plan-days.ts'
import { ensureRetentionJobs } from './queries.ts'
import { createRetention } from './run.ts'

type Databases = { keeper: Sql; admin: Sql; api: Sql }

async function withDatabase(run: (databases: Databases) => Promise<void>): Promise<void> {
  await using db = await cloneDatabase()
  const open = (url: string) => postgres(url, { max: 2, onnotice: () => {} })
  const [keeper, admin, api] = [open(db.urlFor('wagate_keeper')), open(db.url), open(db.urlFor('wagate_api'))]
  try {
    await run({ keeper, admin, api })
  } finally {
    await Promise.all([keeper.end(), admin.end(), api.end()])
  }
}

/** Nothing of EVENTS here: see events.int.test.ts. */
const noEvents: Pick<Broker, 'readSubject' | 'purgeSubject' | 'settledSeq'> = {
  readSubject: async function* () {},
  purgeSubject: async () => 0,
  settledSeq: async () => 0,
}

const tools: JobTools = { signal: new AbortController().signal, report: async () => {} }
const jobOf = (tenantId: string): Job => ({
  tenantId,
  jobId: 'job_1',
  kind: 'retention',
  mode: null,
  params: {},
  step: null,
  result: {},
  attempts: 1,
  claim: 1,
  createdAt: new Date(),
})

const retentionOf = (keeper: Sql, maxDays = 730) =>
  createRetention({
    sql: keeper,
    broker: noEvents,
    now: () => new Date(),
    maxDaysOf: async () => maxDays,
    everyMs: 1_000,
    pace: { batch: 3, pauseMs: 0 },
    onRemoved: () => {},
  })

const choose = (api: Sql, tenantId: string, days: Record<string, number>) =>
  api.begin(async (tx) => {
    await tx`select set_config('app.tenant_id', ${tenantId}, true)`
    await tx`insert into retention ${tx({ tenant_id: tenantId, ...days })}`
  })

test('what is older than the tenant keeps goes, in small batches; the rest and other tenants stay', () =>
  withDatabase(async ({ keeper, admin, api }) => {
    const [ours, theirs] = [rowsOf(admin, 'ten_ours'), rowsOf(admin, 'ten_theirs')]
    for (const rows of [ours, theirs]) {
      await rows.tenant()
      const [old, recent] = [await rows.chat('+999100', daysAgo(45)), await rows.chat('+999200', daysAgo(5))]
      for (const chat of [old, recent]) await rows.desk(chat, daysAgo(4))
      for (let n = 0; n < 8; n++) await rows.message(old, daysAgo(40 + n))
      await rows.message(recent, daysAgo(29))
      const endpoint = await rows.endpoint()
      await rows.delivery(endpoint, daysAgo(8))
      await rows.delivery(endpoint, daysAgo(8), 'pending')
      await rows.delivery(endpoint, daysAgo(6))
    }
    await choose(api, ours.tenantId, { message_days: 30, delivery_days: 7, chat_days: 30 })
    expect(await retentionOf(keeper)(jobOf(ours.tenantId), tools)).toMatchObject({
      kind: 'standing',
      result: { removed: { messages: 8, chats: 1, deliveries: 1, events: 0 } },
    })
    const counts = async (tenantId: string) => {
      const [row] = await admin`select
        (select count(*)::int from message_view where tenant_id = ${tenantId}) as messages,
        (select count(*)::int from message_words where tenant_id = ${tenantId}) as words,
        (select count(*)::int from chat_view where tenant_id = ${tenantId}) as chats,
        (select count(*)::int from chat_desk where tenant_id = ${tenantId}) as desks,
        (select count(*)::int from webhook_delivery where tenant_id = ${tenantId}) as deliveries,
        (select count(*)::int from delivery_attempt where tenant_id = ${tenantId}) as attempts`
      return row
    }
    expect(await counts(ours.tenantId)).toEqual({
      messages: 1,
      words: 1,
      chats: 1,
      desks: 1,
      deliveries: 2,
      attempts: 2,
    })
    expect(await counts(theirs.tenantId)).toEqual({
      messages: 9,
      words: 9,
      chats: 2,
      desks: 2,
      deliveries: 3,
      attempts: 3,
    })
    expect(await retentionOf(keeper)(jobOf(ours.tenantId), tools)).toMatchObject({
      result: { removed: { messages: 0, chats: 0, deliveries: 0 } },
    })
  }))

test('up to when data were removed is written before they are, and never moves back', () =>
  withDatabase(async ({ keeper, admin, api }) => {
    await choose(api, 'ten_a', { message_days: 10 })
    await retentionOf(keeper)(jobOf('ten_a'), tools)
    const marks = async () =>
      (await admin<{ at: Date }[]>`select messages_before as at from retention`)[0]?.at.getTime() ?? 0
    const first = await marks()
    expect(Date.now() - first).toBeGreaterThan(9.9 * 86_400_000)
    await admin`update retention set message_days = 100`
    await retentionOf(keeper)(jobOf('ten_a'), tools)
    expect(await marks()).toBeGreaterThanOrEqual(first)
  }))

test('each tenant has one standing job, however often they are planned', () =>
  withDatabase(async ({ keeper, admin }) => {
    for (const id of ['ten_a', 'ten_b', 'ten_c']) await rowsOf(admin, id).tenant()
    expect(await ensureRetentionJobs(keeper, 1_000)).toBe(3)
    expect(await ensureRetentionJobs(keeper, 1_000)).toBe(0)
    expect(await admin`select job_id from job where kind = 'retention'`).toHaveLength(3)
  }))

test('a change of what a tenant keeps makes its job due at once', () =>
  withDatabase(async ({ keeper, admin, api }) => {
    await rowsOf(admin, 'ten_a').tenant()
    await ensureRetentionJobs(keeper, 86_400_000)
    await admin`update job set due_at = now() + interval '1 day', finished_at = now() - interval '1 minute'`
    await choose(api, 'ten_a', { message_days: 10 })
    await ensureRetentionJobs(keeper, 86_400_000)
    expect(await admin`select 1 from job where due_at <= now()`).toHaveLength(1)
  }))

test('months that nobody keeps any more are dropped whole, newer ones stay', () =>
  withDatabase(async ({ keeper, admin }) => {
    for (const month of ['2024-01-01', '2024-02-01', '2026-11-01'])
      await admin`select ensure_message_partition(${month})`
    expect(await dropOldMonths(keeper, 730, new Date('2026-11-20T00:00:00Z'))).toEqual([
      'message_view_2024_01',
      'message_view_2024_02',
    ])
    expect(await dropOldMonths(keeper, 730, new Date('2026-11-20T00:00:00Z'))).toEqual([])
  }))

test('a month that readers hold is left for the next time, and one that EVENTS may still tell of is refused', () =>
  withDatabase(async ({ keeper, admin }) => {
    await admin`select ensure_message_partition('2024-01-01')`
    await admin.begin(async (tx) => {
      await tx`select count(*) from message_view`
      expect(await dropOldMonths(keeper, 730, new Date('2026-11-20T00:00:00Z'))).toEqual([])
    })
    await expect(keeper`select drop_message_partition(now())`).rejects.toThrow('not dropped')
  }))

test('a plan’s days hold; those of a larger plan that was left do so for 30 days more', () =>
  withDatabase(async ({ keeper, admin }) => {
    await rowsOf(admin, 'ten_a').tenant()
    expect(await planDays(keeper, 'ten_a')).toBe(730)
    await admin`update tenant set plan = 'basic'`
    expect(await planDays(keeper, 'ten_a')).toBe(30)
    await admin`insert into plan_change ${admin({ tenant_id: 'ten_a', change_id: 'pch_1', at: daysAgo(29), from_plan: 'max', to_plan: 'basic', state: 'applied', by: 'operator' })}`
    expect(await planDays(keeper, 'ten_a')).toBe(365)
    await admin`update plan_change set at = now() - interval '31 days'`
    expect(await planDays(keeper, 'ten_a')).toBe(30)
    await admin`update tenant set overrides = '{"retentionDays": 90}'`
    expect(await planDays(keeper, 'ten_a')).toBe(90)
    expect(await planDays(keeper, 'ten_none')).toBeUndefined()
    await admin`delete from plan_change`
    const change = (id: string, days: number, retentionDays: number) =>
      admin`insert into plan_change ${admin({ tenant_id: 'ten_a', change_id: id, at: daysAgo(days), from_plan: 'pro', to_plan: 'pro', state: 'applied', by: 'operator', overrides: admin.json({ retentionDays }) })}`
    await change('pch_2', 200, 500)
    await change('pch_3', 100, 400)
    await change('pch_4', 10, 90)
    expect(await planDays(keeper, 'ten_a')).toBe(400)
  }))
