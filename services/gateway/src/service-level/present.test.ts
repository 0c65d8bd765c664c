import { serviceLevels } from '@wagate/api/service-level.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { serviceLevelsCsv } from './csv.ts'
import { type Levels, noLevels } from './levels.ts'
import { presentAll, presentFigures, presentLevels, promiseTo } from './present.ts'

const range = { from: '2026-11-19', to: '2026-11-20' }
const hour = 3_600_000
const some = (told: Partial<Levels>): Levels => ({ ...noLevels, ...told })

test('every day of the range is there, in order, and the total is of all of them', () => {
  const days = [{ day: '2026-11-20', ...some({ upMs: 23 * hour, downMs: hour, excusedMs: 5, sent: 4, delivered: 3 }) }]
  const shown = serviceLevels.parse(presentLevels(range, 'live', 'max', days))
  expect(shown.days.map(({ date, uptime }) => [date, uptime.percent])).toEqual([
    ['2026-11-19', null],
    ['2026-11-20', 95.833],
  ])
  expect(shown.total).toMatchObject({
    uptime: { connected_seconds: 23 * 3_600, disconnected_seconds: 3_600, excused_seconds: 0.005 },
    delivery: { sent: 4, delivered: 3, percent: 75, failed_percent: 0 },
    links: { tried: 0, percent: null, average_seconds: null },
    migrations: { tried: 0, percent: null, in_time_percent: null },
  })
  expect(shown.promise).toEqual({ plan: 'max', uptime_percent: 99.9, kept: false })
})

test('nothing is promised to test mode, nor by a plan without a promise, and without a linked session nothing was broken', () => {
  expect(presentLevels(range, 'test', 'max', []).promise).toBeNull()
  expect(promiseTo('basic', some({ upMs: 1, downMs: 1 }))).toMatchObject({ uptime_percent: null, kept: null })
  expect(promiseTo('max', noLevels).kept).toBeNull()
  expect(promiseTo('max', some({ excusedMs: hour })).kept).toBeNull()
})

test('a promise is judged by the milliseconds: exactly kept is kept, and no rounding makes up for one that is missing', () => {
  expect(promiseTo('max', some({ upMs: 999_000, downMs: 1_000 })).kept).toBe(true)
  expect(promiseTo('max', some({ upMs: 998_999, downMs: 1_001 })).kept).toBe(false)
  expect(presentFigures(some({ upMs: 99_999_999, downMs: 1 })).uptime.percent).toBe(99.999)
})

test('receipts of messages from days before do not make more than all delivered', () => {
  const { delivery } = presentFigures(some({ sent: 2, delivered: 5, failed: 2 }))
  expect(delivery).toEqual({ sent: 2, delivered: 5, failed: 2, percent: 100, failed_percent: 50 })
})

test('accounts come with the worst uptime first, those without a linked session last, and no more than were asked for', () => {
  const of = (tenantId: string, levels: Partial<Levels>, plan: 'max' | 'basic' = 'max') => ({
    ...{ tenantId, name: tenantId, plan },
    levels: some(levels),
  })
  const tenants = [
    of('ten_none', { sent: 1 }),
    of('ten_good', { upMs: hour }),
    of('ten_bad', { upMs: hour, downMs: hour }),
    of('ten_free', { upMs: hour, downMs: 2 * hour }, 'basic'),
  ]
  const shown = presentAll(range, tenants, 50)
  expect(shown.data.map(({ tenant_id, promise }) => [tenant_id, promise.kept])).toEqual([
    ['ten_free', null],
    ['ten_bad', false],
    ['ten_good', true],
    ['ten_none', null],
  ])
  expect(shown).toMatchObject({
    tenants: 4,
    below_promise: 1,
    total: { uptime: { percent: 50 }, delivery: { sent: 1 } },
  })
  expect(presentAll(range, tenants, 2).data).toHaveLength(2)
})

test('the table has a line per day, and an empty cell for what cannot be told', () => {
  const days = [{ day: '2026-11-20', ...some({ upMs: hour, linksTried: 1, linksMade: 1, linkMs: 2_500 }) }]
  expect(serviceLevelsCsv(presentLevels(range, 'live', 'pro', days)).split('\r\n')).toEqual([
    expect.stringMatching(/^date,mode,uptime_percent,connected_seconds,/),
    '2026-11-19,live,,0,0,0,0,0,,0,0,0,0,0,0',
    '2026-11-20,live,100,3600,0,0,1,1,2.5,0,0,0,0,0,0',
    '',
  ])
})

test('percentages are those of a hundred at most, whatever was counted', () => {
  const amount = fc.integer({ min: 0, max: 1e12 })
  const names = Object.keys(noLevels)
  fc.assert(
    fc.property(fc.array(amount, { minLength: names.length, maxLength: names.length }), (amounts) => {
      const levels = { ...noLevels, ...Object.fromEntries(names.map((name, n) => [name, amounts[n]])) }
      expect(() => serviceLevels.shape.total.parse(presentFigures(levels))).not.toThrow()
    }),
  )
})
