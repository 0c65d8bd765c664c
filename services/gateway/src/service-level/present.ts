// What is stored of days and accounts → the figures that the API shows. Pure.
import type {
  AllServiceLevels,
  DayServiceLevels,
  ServiceFigures,
  ServiceLevels,
  ServicePromise,
} from '@wagate/api/service-level.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { type PlanName, plans } from '@wagate/messages/plans.ts'
import { type DayRange, daysOf } from '../usage/range.ts'
import { type Levels, noLevels, sumOf } from './levels.ts'

/** Of `of`, in percent, cut off after three decimals: what is shown as kept was kept. */
const share = (part: number, of: number): number | null =>
  of === 0 ? null : Math.floor(Math.min(1, part / of) * 100_000) / 1_000

const seconds = (ms: number): number => Math.round(ms) / 1_000

export function presentFigures(levels: Levels): ServiceFigures {
  const { upMs, downMs, excusedMs, linksTried, linksMade, linkMs } = levels
  const { migrations, migrationsMade, migrationsInTime, sent, delivered, failed } = levels
  return {
    uptime: {
      percent: share(upMs, upMs + downMs),
      connected_seconds: seconds(upMs),
      disconnected_seconds: seconds(downMs),
      excused_seconds: seconds(excusedMs),
    },
    links: {
      tried: linksTried,
      made: linksMade,
      percent: share(linksMade, linksTried),
      average_seconds: linksMade === 0 ? null : seconds(linkMs / linksMade),
    },
    migrations: {
      ...{ tried: migrations, made: migrationsMade, in_time: migrationsInTime },
      percent: share(migrationsMade, migrations),
      in_time_percent: share(migrationsInTime, migrations),
    },
    delivery: {
      ...{ sent, delivered, failed },
      percent: share(delivered, sent),
      failed_percent: share(failed, sent + failed),
    },
  }
}

export function promiseTo(plan: PlanName, { upMs, downMs }: Levels): ServicePromise {
  const promised = plans[plan].slaPercent
  const expectedMs = upMs + downMs
  const kept = promised === null || expectedMs === 0 ? null : upMs * 100 >= promised * expectedMs
  return { plan, uptime_percent: promised, kept }
}

/** A day of which nothing is stored had nothing to serve. */
export function presentLevels(
  range: DayRange,
  mode: Mode,
  plan: PlanName,
  stored: readonly (Levels & { day: string })[],
): ServiceLevels {
  const byDay = new Map(stored.map((row) => [row.day, row]))
  const total = sumOf(stored)
  const days = daysOf(range).map((date): DayServiceLevels => ({ date, ...presentFigures(byDay.get(date) ?? noLevels) }))
  const promise = mode === 'live' ? promiseTo(plan, total) : null
  return { ...range, mode, promise, total: presentFigures(total), days }
}

export type TenantLevels = { tenantId: string; name: string; plan: PlanName; levels: Levels }

const uptimeOf = ({ levels: { upMs, downMs } }: TenantLevels): number =>
  upMs + downMs === 0 ? Number.POSITIVE_INFINITY : upMs / (upMs + downMs)

/** Worst first. */
export function presentAll(range: DayRange, tenants: readonly TenantLevels[], limit: number): AllServiceLevels {
  const promised = tenants.map((each) => ({ ...each, promise: promiseTo(each.plan, each.levels) }))
  const worst = promised.toSorted((a, b) => compare(uptimeOf(a), uptimeOf(b)) || compare(a.tenantId, b.tenantId))
  return {
    ...range,
    tenants: tenants.length,
    below_promise: promised.filter(({ promise }) => promise.kept === false).length,
    total: presentFigures(sumOf(tenants.map(({ levels }) => levels))),
    data: worst.slice(0, limit).map(({ tenantId, name, promise, levels }) => ({
      ...{ tenant_id: tenantId, name, promise },
      total: presentFigures(levels),
    })),
  }
}

const compare = <Value extends string | number>(a: Value, b: Value): number => (a < b ? -1 : a > b ? 1 : 0)
