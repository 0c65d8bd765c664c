import { business } from '@wagate/api/business.ts'
import { problem } from '@wagate/api/problems.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'
import { type MonthRange, monthAfter } from './range.ts'
import type { MonthFigures } from './store.ts'

const now = () => new Date('2026-11-21T12:00:00Z')
const figures: MonthFigures = {
  ...{ month: '2026-09', mrr_cents: 15_700, basic: 4, pro: 2, max: 1, enterprise: 1, paying: 3, unpriced: 1 },
  ...{ new_accounts: 3, paid_in_30_days: 1, linked: 2, sent: 2, paid: 1, upgrades: 2, downgrades: 1 },
  ...{ paying_before: 4, lost: 1, mrr_cents_before: 18_600, mrr_cents_lost: 2_900 },
}

async function ask(query: string, accept?: string) {
  const asked: MonthRange[] = []
  const readBusiness = async (range: MonthRange) => {
    asked.push(range)
    const none = Object.fromEntries(Object.keys(figures).map((name) => [name, 0]))
    return [figures, { ...figures, ...none, month: '2026-11' }]
  }
  const { request, operatorKey } = await createWorld({ now, readBusiness })
  const headers: Record<string, string> = accept ? { accept } : {}
  const response = await request(operatorKey, 'GET', `/v1/admin/business?${query}`, undefined, headers)
  return { response, asked }
}

test('rates are shares of what there was, and null where there was nothing', async () => {
  const { response } = await ask('')
  const [september, november] = business.parse(await response.json()).months
  expect(september).toMatchObject({
    ...{ complete: true, mrr_cents: 15_700, customers: { paying: 3, unpriced: 1 } },
    conversion: { paid_within_30_days: 1, rate: 0.3333, final: true },
    funnel: { signed_up: 3, linked: 2, sent: 2, paid: 1 },
    churn: { rate: 0.25, revenue_rate: 0.1559 },
  })
  expect(november).toMatchObject({
    ...{ complete: false, conversion: { rate: null, final: false } },
    churn: { rate: null, revenue_rate: null },
  })
})

test('a month’s conversion is final when its last account has had 30 days', async () => {
  const at = async (time: string) => {
    const { request, operatorKey } = await createWorld({
      now: () => new Date(time),
      readBusiness: async () => [figures],
    })
    return business.parse(await (await request(operatorKey, 'GET', '/v1/admin/business')).json()).months[0]?.conversion
      .final
  }
  expect([await at('2026-10-30T23:59:59Z'), await at('2026-10-31T00:00:00Z')]).toEqual([false, true])
})

test('unless told the last twelve months are meant; what is no range is refused', async () => {
  expect((await ask('')).asked).toEqual([{ from: '2025-12', to: '2026-11' }])
  expect((await ask('to=2026-01')).asked).toEqual([{ from: '2025-02', to: '2026-01' }])
  for (const query of ['from=2026-12', 'from=2023-11&to=2026-11', 'from=2026-1', 'to=2026-13', 'month=2026-01'])
    expect(problem.parse(await (await ask(query)).response.json()).code).toBe('invalid-request')
  expect(monthAfter('2026-12', 1)).toBe('2027-01')
})

test('as a table there is a line per month', async () => {
  const { response } = await ask('from=2026-09', 'text/csv')
  expect(response.headers.get('content-disposition')).toContain('business-2026-09-to-2026-11.csv')
  const [head, first, second] = (await response.text()).split('\r\n')
  expect(head?.split(',').length).toBe(first?.split(',').length)
  expect(first).toMatch(/^2026-09,true,15700,4,2,1,1,3,1,3,1,0.3333,true,/)
  expect(second).toMatch(/^2026-11,false,0,/)
})
