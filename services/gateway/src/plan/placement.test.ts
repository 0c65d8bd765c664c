import { type SessionConfig, sessionConfigKey, type TenantRecord } from '@wagate/messages/control.ts'
import { limitsWith, type PlanName } from '@wagate/messages/plans.ts'
import { poolOf } from '@wagate/messages/pools.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'
import { dedicatedPoolOf } from './place.ts'
import { createPlacement } from './placement.ts'

async function setUp(planPools = { basic: 'shared', pro: 'pro' }) {
  const world = await createWorld()
  const { tenantId } = world.ours
  const placement = createPlacement({
    ...{ ...world.deps, findTenant: (id) => world.tenants.get(id), tenants: () => world.tenants.values(), planPools },
  })
  const tenant = (): TenantRecord => world.tenants.get(tenantId) ?? expect.unreachable()
  return {
    ...{ world, placement, tenantId, tenant, own: dedicatedPoolOf(tenantId) },
    setPlan: (plan: PlanName) => world.tenants.set(tenantId, { ...tenant(), plan, limits: limitsWith(plan, {}) }),
    serve: (pool: string) => world.serve(pool),
    configs: (): SessionConfig[] => [...world.directory.configs()].filter((config) => config.tenantId === tenantId),
    pools: () =>
      [...world.directory.configs()]
        .filter((config) => config.tenantId === tenantId)
        .map(({ partition }) => poolOf(partition)),
  }
}

test('the sessions of a bigger plan go to the account’s own pool when a worker serves it, and not before', async () => {
  const { placement, setPlan, serve, pools, own, world } = await setUp()
  setPlan('max')
  expect(await placement.settle()).toEqual({ moved: 0, waiting: 2 })
  expect(pools()).toEqual(['shared', 'shared'])
  expect(world.deps.fleet.pools()).toContain(own)
  await serve(own)
  expect(await placement.settle()).toEqual({ moved: 2, waiting: 0 })
  expect(pools()).toEqual([own, own])
  expect(await placement.settle()).toEqual({ moved: 0, waiting: 0 })
})

test('the owner of the old partition lets go of a session that moves; nothing else of it changes', async () => {
  const { placement, setPlan, serve, configs, own } = await setUp()
  const before = configs()
  setPlan('max')
  await serve(own)
  await placement.settle()
  for (const [n, { partition, movingFrom, ...rest }] of configs().entries()) {
    expect([movingFrom, poolOf(partition)]).toEqual(['s1', own])
    expect(before[n]).toEqual({ ...rest, partition: 's1' })
  }
})

test('a smaller plan takes the sessions back to the shared workers', async () => {
  const { placement, setPlan, serve, pools, own } = await setUp()
  setPlan('max')
  await serve(own)
  await placement.settle()
  setPlan('basic')
  expect(await placement.settle()).toEqual({ moved: 2, waiting: 0 })
  expect(pools()).toEqual(['shared', 'shared'])
})

test('the pool of an account that has left it asks for no worker any more, but not before its last session has gone', async () => {
  const { world, placement, setPlan, serve, configs, own } = await setUp()
  setPlan('max')
  await serve(own)
  await placement.settle()
  for (const config of configs()) await world.arrive(config)
  setPlan('basic')
  await placement.settle()
  await placement.settle()
  expect(configs().map(({ movingFrom }) => movingFrom && poolOf(movingFrom))).toEqual([own, own])
  expect(world.deps.fleet.pools()).toContain(own)
  for (const config of configs()) await world.arrive(config)
  await placement.settle()
  expect(world.deps.fleet.pools()).not.toContain(own)
})

test('the pool of an account that is erased asks for no worker any more, but not before its last session has gone', async () => {
  const { world, placement, setPlan, serve, tenantId, configs, own } = await setUp()
  setPlan('max')
  await serve(own)
  await placement.settle()
  await world.deps.fleet.provisionPool('acme')
  world.tenants.delete(tenantId)
  await placement.settle()
  expect(world.deps.fleet.pools()).toContain(own)
  for (const { sessionId } of configs()) await world.sessions.delete(sessionConfigKey(tenantId, sessionId))
  await new Promise(setImmediate)
  await placement.settle()
  // The pool that the operator made stays.
  expect(world.deps.fleet.pools()).toEqual(['pro', 'acme'])
})

test('BASIC and PRO run where the configuration says', async () => {
  const { placement, setPlan, serve, pools, tenant } = await setUp()
  await serve('pro')
  expect(await placement.settle()).toEqual({ moved: 0, waiting: 0 })
  setPlan('pro')
  await placement.settle()
  expect(pools()).toEqual(['pro', 'pro'])
  expect(poolOf(placement.partitionOf('ses_1', tenant()))).toBe('pro')
  setPlan('basic')
  expect(poolOf(placement.partitionOf('ses_1', tenant()))).toBe('shared')
})

test('a new session of a pool that nobody serves begins on the shared workers', async () => {
  const { placement, setPlan, tenant } = await setUp()
  setPlan('max')
  await placement.settle()
  expect(poolOf(placement.partitionOf('ses_1', tenant()))).toBe('shared')
})

test('what the operator has put into a pool of his own stays there, whatever the plan', async () => {
  const { world, placement, setPlan, serve, pools, own } = await setUp()
  await serve('acme')
  await serve(own)
  await world.request(world.operatorKey, 'POST', `/v1/admin/sessions/${world.ours.params.session_id}/move`, {
    pool: 'acme',
  })
  setPlan('max')
  expect(await placement.settle()).toEqual({ moved: 1, waiting: 0 })
  expect(pools().toSorted()).toEqual([own, 'acme'].toSorted())
})
