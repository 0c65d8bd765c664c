// Sums over all accounts: the database makes them, so that no row of any tenant gets here.
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import type { MonthRange } from './range.ts'

/** Counts, and US cents. What each is, is said where it is made: migration `business_figures`. */
export type MonthFigures = {
  month: string
  mrr_cents: number
  basic: number
  pro: number
  max: number
  enterprise: number
  paying: number
  unpriced: number
  new_accounts: number
  paid_in_30_days: number
  linked: number
  sent: number
  paid: number
  upgrades: number
  downgrades: number
  paying_before: number
  lost: number
  mrr_cents_before: number
  mrr_cents_lost: number
}
/** Months that have begun at `asOf`, in order. Throws `DatabaseUnavailable`. */
export type ReadBusiness = (range: MonthRange, asOf: Date) => Promise<MonthFigures[]>

export const createReadBusiness =
  (connection: Sql): ReadBusiness =>
  ({ from, to }, asOf) =>
    orUnavailable(
      async () => connection<MonthFigures[]>`
        select to_char(month, 'YYYY-MM') as month, mrr_cents, basic, pro, max, enterprise, paying, unpriced, new_accounts,
          paid_in_30_days, linked, sent, paid, upgrades, downgrades, paying_before, lost, mrr_cents_before, mrr_cents_lost
        from business_month(${`${from}-01`}::date, ${`${to}-01`}::date, ${asOf.toISOString()}::timestamptz) order by 1`,
    )
