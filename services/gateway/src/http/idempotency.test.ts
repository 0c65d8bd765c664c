import { randomBytes } from 'node:crypto'
import { fakeBucket } from '@wagate/runtime/fakes/bucket.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'
import { entropyOf, runOnce } from './idempotency.ts'
import { DomainError } from './problem.ts'

async function setting() {
  const { ours, tenants } = await createWorld()
  const tenant = tenants.get(ours.tenantId)
  if (!tenant) throw new Error('no tenant')
  let nowMs = Date.now()
  return {
    caller: {
      tenantId: ours.tenantId,
      mode: 'test' as const,
      actor: { kind: 'key' as const, keyId: 'k' },
      scopes: [],
      tenant,
    },
    deps: { idempotency: fakeBucket('idempotency'), now: () => new Date(nowMs), randomBytes },
    origin: { route: 'POST /v1/things', idempotencyKey: 'k' },
    wait: (ms: number) => {
      nowMs += ms
    },
  }
}

test('an action that cannot be repeated runs once, however many ask for it', async () => {
  const { caller, deps, origin } = await setting()
  let runs = 0
  const gate = Promise.withResolvers<void>()
  const run = async () => {
    runs++
    await gate.promise
    return { status: 201, body: { n: runs } }
  }
  const first = runOnce(deps, caller, origin, { body: {}, run })
  await expect(runOnce(deps, caller, origin, { body: {}, run })).rejects.toMatchObject({ code: 'request-in-progress' })
  gate.resolve()
  expect(await first).toMatchObject({ status: 201, body: { n: 1 }, headers: {} })
  const repeat = await runOnce(deps, caller, origin, { body: {}, run })
  expect(repeat).toEqual({ status: 201, body: { n: 1 }, headers: { 'idempotent-replayed': 'true' } })
  expect(runs).toBe(1)
  await expect(runOnce(deps, caller, origin, { body: { other: 1 }, run })).rejects.toMatchObject({
    code: 'idempotency-key-reused',
  })
})

test('the same key of another tenant, or of the other mode, is another request', async () => {
  const { caller, deps, origin } = await setting()
  const callers = [caller, { ...caller, tenantId: 'ten_another' }, { ...caller, mode: 'live' as const }]
  const answers = await Promise.all(
    callers.map((one, n) => runOnce(deps, one, origin, { body: {}, run: async () => ({ status: 201, body: { n } }) })),
  )
  expect(answers.map(({ body }) => body)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }])
  const keys = await Array.fromAsync(deps.idempotency.keys())
  expect(keys.map((key) => key.split('.')[0]).toSorted()).toEqual(callers.map(({ tenantId }) => tenantId).toSorted())
  const ids = callers.map((one) => Buffer.from(entropyOf(one, origin, randomBytes)).toString('hex'))
  expect(new Set(ids).size).toBe(3)
})

test('a refusal is not remembered', async () => {
  const { caller, deps, origin } = await setting()
  const refuse = async () => {
    throw new DomainError('phone-limit-reached', 'no')
  }
  await expect(runOnce(deps, caller, origin, { body: {}, run: refuse })).rejects.toMatchObject({
    code: 'phone-limit-reached',
  })
  expect(await runOnce(deps, caller, origin, { body: {}, run: async () => ({ status: 201, body: 1 }) })).toMatchObject({
    body: 1,
  })
})

test('what a dead process left pending is taken over after a minute, by one', async () => {
  const { caller, deps, origin, wait } = await setting()
  const never = () => new Promise<never>(() => {})
  void runOnce(deps, caller, origin, { body: {}, run: never })
  const run = async () => ({ status: 201, body: 'done' })
  await expect(runOnce(deps, caller, origin, { body: {}, run })).rejects.toMatchObject({ code: 'request-in-progress' })
  wait(61_000)
  const results = await Promise.allSettled([1, 2].map(() => runOnce(deps, caller, origin, { body: {}, run })))
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})

test('an answer with a secret is stored sealed and given back open', async () => {
  const { caller, deps, origin } = await setting()
  const seal = { close: () => 'sealed', open: () => ({ secret: 's' }) }
  const run = async () => ({ status: 201, body: { secret: 's' } })
  await runOnce(deps, caller, origin, { body: {}, run, seal })
  for await (const key of deps.idempotency.keys())
    expect(JSON.parse(Buffer.from((await deps.idempotency.get(key))?.value ?? []).toString())).toMatchObject({
      body: 'sealed',
    })
  expect(await runOnce(deps, caller, origin, { body: {}, run, seal })).toMatchObject({ body: { secret: 's' } })
})
