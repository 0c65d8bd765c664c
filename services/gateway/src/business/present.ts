// Sums → the figures that the operator sees, and the same as a table. Pure.
import type { Business, BusinessMonth } from '@wagate/api/business.ts'
import { type Cell, csvOf } from '../http/csv.ts'
import { type MonthRange, monthAfter, startOf } from './range.ts'
import type { MonthFigures } from './store.ts'

const conversionMs = 30 * 86_400_000

/** To a hundredth of a percent; null when there is nothing to share. */
const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000

export const presentBusiness = (range: MonthRange, figures: MonthFigures[], now: Date): Business => ({
  ...range,
  months: figures.map((one) => presentMonth(one, now)),
})

function presentMonth(one: MonthFigures, now: Date): BusinessMonth {
  const { basic, pro, max, enterprise, paying, unpriced, linked, sent, paid } = one
  const endMs = startOf(monthAfter(one.month, 1)).getTime()
  return {
    month: one.month,
    complete: now.getTime() >= endMs,
    mrr_cents: one.mrr_cents,
    customers: { basic, pro, max, enterprise, paying, unpriced },
    new_accounts: one.new_accounts,
    conversion: {
      paid_within_30_days: one.paid_in_30_days,
      rate: share(one.paid_in_30_days, one.new_accounts),
      final: now.getTime() >= endMs + conversionMs,
    },
    funnel: { signed_up: one.new_accounts, linked, sent, paid },
    upgrades: one.upgrades,
    downgrades: one.downgrades,
    churn: {
      paying_at_start: one.paying_before,
      lost: one.lost,
      rate: share(one.lost, one.paying_before),
      mrr_cents_at_start: one.mrr_cents_before,
      mrr_cents_lost: one.mrr_cents_lost,
      revenue_rate: share(one.mrr_cents_lost, one.mrr_cents_before),
    },
  }
}

/** Columns keep their place; new ones come at the end. */
const columns: readonly [name: string, of: (month: BusinessMonth) => Cell][] = [
  ['month', ({ month }) => month],
  ['complete', ({ complete }) => String(complete)],
  ['mrr_cents', (one) => one.mrr_cents],
  ['customers_basic', ({ customers }) => customers.basic],
  ['customers_pro', ({ customers }) => customers.pro],
  ['customers_max', ({ customers }) => customers.max],
  ['customers_enterprise', ({ customers }) => customers.enterprise],
  ['customers_paying', ({ customers }) => customers.paying],
  ['customers_unpriced', ({ customers }) => customers.unpriced],
  ['new_accounts', (one) => one.new_accounts],
  ['paid_within_30_days', ({ conversion }) => conversion.paid_within_30_days],
  ['conversion_rate', ({ conversion }) => conversion.rate ?? ''],
  ['conversion_final', ({ conversion }) => String(conversion.final)],
  ['funnel_linked', ({ funnel }) => funnel.linked],
  ['funnel_sent', ({ funnel }) => funnel.sent],
  ['funnel_paid', ({ funnel }) => funnel.paid],
  ['upgrades', (one) => one.upgrades],
  ['downgrades', (one) => one.downgrades],
  ['paying_at_start', ({ churn }) => churn.paying_at_start],
  ['lost', ({ churn }) => churn.lost],
  ['churn_rate', ({ churn }) => churn.rate ?? ''],
  ['mrr_cents_at_start', ({ churn }) => churn.mrr_cents_at_start],
  ['mrr_cents_lost', ({ churn }) => churn.mrr_cents_lost],
  ['revenue_churn_rate', ({ churn }) => churn.revenue_rate ?? ''],
]

export const businessCsv = ({ months }: Business): string =>
  csvOf([columns.map(([name]) => name), ...months.map((month) => columns.map(([, of]) => of(month)))])
