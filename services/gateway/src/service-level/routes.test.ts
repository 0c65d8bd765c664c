import { problem as problemSchema } from '@wagate/api/problems.ts'
import { allServiceLevels, serviceLevels } from '@wagate/api/service-level.ts'
import { expect, test } from 'vitest'
import { fakeServiceLevels } from '../fakes/service-levels.ts'
import { createWorld } from '../fakes/world.ts'

async function setUp() {
  const fake = fakeServiceLevels()
  const world = await createWorld({ serviceLevels: fake.store, now: () => new Date('2026-11-20T10:00:00Z') })
  const { ours, theirs } = world
  fake.set(ours.tenantId, 'live', '2026-11-05', { upMs: 900, downMs: 100 })
  fake.set(ours.tenantId, 'test', '2026-11-05', { upMs: 500, downMs: 500 })
  fake.set(theirs.tenantId, 'live', '2026-11-06', { upMs: 100, downMs: 900 })
  const get = (key: string, path: string, headers: Record<string, string> = {}) =>
    world.request(key, 'GET', path, undefined, headers)
  const levelsIn = async (key: string, path = '/v1/service-levels') =>
    serviceLevels.parse(await (await get(key, path)).json())
  return { world, ours, theirs, get, levelsIn }
}

test('a key sees how its tenant was served in its mode, and nothing of others', async () => {
  const { ours, theirs, levelsIn } = await setUp()
  expect((await levelsIn(ours.liveKey)).total.uptime.percent).toBe(90)
  expect((await levelsIn(theirs.liveKey)).total.uptime.percent).toBe(10)
  const inTest = await levelsIn(ours.key)
  expect([inTest.total.uptime.percent, inTest.promise]).toEqual([50, null])
  expect(inTest).toMatchObject({ from: '2026-11-01', to: '2026-11-20' })
  expect(inTest.days).toHaveLength(20)
})

test('the table comes with a name and the type that spreadsheets know; other formats are refused', async () => {
  const { ours, get } = await setUp()
  const path = '/v1/service-levels?from=2026-11-05&to=2026-11-05'
  const table = await get(ours.liveKey, path, { accept: 'text/csv' })
  expect(table.headers.get('content-disposition')).toBe(
    'attachment; filename="service-levels-live-2026-11-05-to-2026-11-05.csv"',
  )
  expect((await table.text()).split('\r\n')[1]).toMatch(/^2026-11-05,live,90,0.9,0.1,/)
  const refused = await get(ours.liveKey, path, { accept: 'image/png' })
  expect(problemSchema.parse(await refused.json()).code).toBe('not-acceptable')
})

test('an operator sees one account as it sees itself, in either mode', async () => {
  const { world, ours, levelsIn } = await setUp()
  const path = `/v1/admin/tenants/${ours.tenantId}/service-levels`
  expect(await levelsIn(world.operatorKey, path)).toEqual(await levelsIn(ours.liveKey))
  expect(await levelsIn(world.operatorKey, `${path}?mode=test`)).toEqual(await levelsIn(ours.key))
})

test('an operator sees all accounts, the worst first', async () => {
  const { world, ours, theirs, get } = await setUp()
  const all = async (query = '') =>
    allServiceLevels.parse(await (await get(world.operatorKey, `/v1/admin/service-levels${query}`)).json())
  const shown = await all()
  expect(shown.data.map(({ tenant_id, total }) => [tenant_id, total.uptime.percent])).toEqual([
    [theirs.tenantId, 10],
    [ours.tenantId, 90],
  ])
  expect((await all('?limit=1')).data).toHaveLength(1)
  expect((await all('?from=2026-11-06&to=2026-11-06')).tenants).toBe(1)
  for (const query of ['?limit=0', '?limit=201', '?from=2025-01-01', '?mode=test'])
    expect((await get(world.operatorKey, `/v1/admin/service-levels${query}`)).status).toBe(422)
})

test('a key for some sessions only does not see how all of them were served', async () => {
  const { world, ours, get } = await setUp()
  const key = world.addKey(ours.tenantId, 'test', ['usage:read'], { sessionIds: [ours.params.session_id] })
  expect(problemSchema.parse(await (await get(key, '/v1/service-levels')).json())).toMatchObject({
    code: 'key-restricted',
  })
})
