// The figures against a direct count, over synthetic years of accounts that come, change their plans and go.
import { listPriceCents, planNames } from '@wagate/messages/plans.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import fc from 'fast-check'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { type MonthRange, monthAfter, startOf } from './range.ts'
import { createReadBusiness, type MonthFigures } from './store.ts'

type Change = { atMs: number; plan: (typeof planNames)[number]; cents: number | null }
type Account = {
  createdMs: number
  changes: Change[]
  erasedMs: number | null
  linked: boolean
  firstSentMs: number | null
  operators: boolean
}

const year: MonthRange = { from: '2025-01', to: '2025-12' }
const startMs = startOf(year.from).getTime()
const asOfMs = Date.parse('2025-12-10T12:00:00Z')
const dayMs = 86_400_000

const plan = fc.constantFrom(...planNames)
const price = fc.option(fc.integer({ min: 0, max: 100_000 }))
const moment = fc.integer({ min: startMs - 60 * dayMs, max: asOfMs - 1 })

const account = fc
  .record({
    createdMs: moment,
    steps: fc.array(fc.record({ atMs: moment, plan, price, isAgreed: fc.boolean() }), { maxLength: 6 }),
    erasedMs: fc.option(moment),
    beginsPaid: fc.boolean(),
    linked: fc.boolean(),
    firstSentMs: fc.option(moment),
  })
  .map(({ createdMs, steps, erasedMs, beginsPaid, linked, firstSentMs }): Account => {
    const times = [...new Set(steps.map(({ atMs }) => Math.max(atMs, createdMs + 1)))].toSorted((a, b) => a - b)
    const changes = times.map((atMs, n): Change => {
      const { plan, price, isAgreed } = steps[n] ?? { plan: 'pro', price: null, isAgreed: false }
      return { atMs, plan, cents: isAgreed ? price : listPriceCents(plan) }
    })
    if (beginsPaid) changes.unshift({ atMs: createdMs, plan: 'pro', cents: 2_900 })
    const lastMs = changes.at(-1)?.atMs ?? createdMs
    const sentMs = firstSentMs === null ? null : Math.max(firstSentMs, createdMs)
    const gone = erasedMs === null ? null : Math.max(erasedMs, lastMs + 1, (sentMs ?? 0) + 1)
    return { createdMs, changes, erasedMs: gone, linked, firstSentMs: sentMs, operators: false }
  })

/** What an account had just before that moment; undefined when there was none. */
function heldAt({ createdMs, changes, erasedMs }: Account, ms: number): Omit<Change, 'atMs'> | undefined {
  if (createdMs >= ms || (erasedMs !== null && erasedMs < ms)) return undefined
  return changes.findLast(({ atMs }) => atMs < ms) ?? { plan: 'basic', cents: 0 }
}

function countOf(accounts: readonly Account[], month: string): MonthFigures {
  const [beganMs, endedMs] = [startOf(month).getTime(), Math.min(startOf(monthAfter(month, 1)).getTime(), asOfMs)]
  const customers = accounts.filter(({ operators }) => !operators)
  const within = (ms: number): boolean => ms >= beganMs && ms < endedMs
  const centsAt = (one: Account, ms: number): number => heldAt(one, ms)?.cents ?? 0
  const sum = (of: (one: Account) => number): number => customers.reduce((total, one) => total + of(one), 0)
  const count = (is: (one: Account) => boolean): number => customers.filter(is).length
  const paidMs = ({ changes }: Account) => changes.find(({ cents }) => (cents ?? 0) > 0)?.atMs
  const isNew = ({ createdMs }: Account): boolean => within(createdMs)
  const moves = customers.flatMap(({ changes, createdMs }) =>
    changes.flatMap(({ atMs, cents }, n) =>
      atMs > createdMs && within(atMs) ? [(cents ?? 0) - (changes[n - 1]?.cents ?? 0)] : [],
    ),
  )
  const onPlan = (plan: string): number => count((one) => heldAt(one, endedMs)?.plan === plan)
  return {
    month,
    mrr_cents: sum((one) => centsAt(one, endedMs)),
    ...{ basic: onPlan('basic'), pro: onPlan('pro'), max: onPlan('max'), enterprise: onPlan('enterprise') },
    paying: count((one) => centsAt(one, endedMs) > 0),
    unpriced: count((one) => heldAt(one, endedMs)?.cents === null),
    new_accounts: count(isNew),
    paid_in_30_days: count((one) => isNew(one) && (paidMs(one) ?? Infinity) <= one.createdMs + 30 * dayMs),
    linked: count((one) => isNew(one) && (one.linked || one.firstSentMs !== null)),
    sent: count((one) => isNew(one) && one.firstSentMs !== null),
    paid: count((one) => isNew(one) && paidMs(one) !== undefined),
    upgrades: moves.filter((step) => step > 0).length,
    downgrades: moves.filter((step) => step < 0).length,
    paying_before: count((one) => centsAt(one, beganMs) > 0),
    lost: count((one) => centsAt(one, beganMs) > 0 && centsAt(one, endedMs) === 0),
    mrr_cents_before: sum((one) => centsAt(one, beganMs)),
    mrr_cents_lost: sum((one) => Math.max(centsAt(one, beganMs) - centsAt(one, endedMs), 0)),
  }
}

/** As gateway, projector and keeper leave them. */
async function store(admin: postgres.Sql, accounts: readonly Account[]): Promise<void> {
  await admin`truncate tenant, plan_change, session_view, usage_day cascade`
  for (const [n, one] of accounts.entries()) {
    const tenant_id = `ten_${n}`
    const [createdAt, isErased] = [new Date(one.createdMs), one.erasedMs !== null]
    const day = one.firstSentMs === null ? null : new Date(one.firstSentMs).toISOString().slice(0, 10)
    const row = { tenant_id, name: 'a', created_at: createdAt, operators: one.operators }
    const tomb = { erased_at: new Date(one.erasedMs ?? 0), had_linked: one.linked, first_sent_on: day }
    await admin`insert into tenant ${admin(isErased ? { ...row, ...tomb } : row)}`
    for (const [index, { atMs, plan, cents }] of one.changes.entries()) {
      const from_plan = one.changes[index - 1]?.plan ?? 'basic'
      const change = {
        tenant_id,
        change_id: `pch_${index}`,
        at: new Date(atMs),
        from_plan,
        to_plan: plan,
        by: 'operator',
      }
      await admin`insert into plan_change ${admin({ ...change, state: 'applied', monthly_price_cents: cents })}`
      const wish = { ...change, change_id: `wish_${index}`, to_plan: 'max', state: 'requested' }
      await admin`insert into plan_change ${admin(wish)}`
    }
    if (isErased) continue
    const session = { tenant_id, session_id: 'ses_1', mode: 'live', stream_seq: 1 }
    const seen = { status: 'closed', created_at: createdAt, changed_at: createdAt, sequence: 1, first_stream_seq: 1 }
    const account_phone = one.linked ? '+999' : null
    await admin`insert into session_view ${admin({ ...session, ...seen, account_phone })}`
    // A sandbox session that was linked and sent counts for nothing.
    const sandbox = { ...session, session_id: 'ses_2', mode: 'test' }
    await admin`insert into session_view ${admin({ ...sandbox, ...seen, account_phone: '+999' })}`
    const used = { message_type: 'text', first_sequence: 1, sent: 1 }
    await admin`insert into usage_day ${admin({ ...sandbox, ...used, day: '2025-01-01' })}`
    await admin`insert into usage_day ${admin({ ...session, ...used, sent: 0, day: '2024-01-01' })}`
    if (day !== null) await admin`insert into usage_day ${admin({ ...session, ...used, day })}`
  }
}

test('every figure of every month is what a direct count says, also of accounts that were erased since', async () => {
  await using db = await cloneDatabase()
  const admin = postgres(db.url, { max: 1, onnotice: () => {} })
  const api = postgres(db.urlFor('wagate_api'), { max: 1, onnotice: () => {} })
  const read = createReadBusiness(api)
  const months = Array.from({ length: 12 }, (_, n) => monthAfter(year.from, n))
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(account, { maxLength: 12 }), account, async (customers, own) => {
        const accounts = [...customers, { ...own, operators: true }]
        await store(admin, accounts)
        expect(await read(year, new Date(asOfMs))).toEqual(months.map((month) => countOf(accounts, month)))
      }),
      { numRuns: 25 },
    )
  } finally {
    await Promise.all([admin.end(), api.end()])
  }
})

test('the gateway gets sums, and can read neither what they are made of nor more than its tenant', async () => {
  await using db = await cloneDatabase()
  const api = postgres(db.urlFor('wagate_api'), { max: 1, onnotice: () => {} })
  for (const view of ['plan_term', 'account_start'])
    await expect(api`select * from ${api(view)}`).rejects.toThrow('permission denied')
  const projector = postgres(db.urlFor('wagate_projector'), { max: 1, onnotice: () => {} })
  await expect(projector`select * from business_month('2026-01-01', '2026-01-01', now())`).rejects.toThrow(
    'permission denied',
  )
  await Promise.all([api.end(), projector.end()])
})
