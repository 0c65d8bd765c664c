// Support access on real gateways, broker and database.
import { ApiError } from '@wagate/api/call.ts'
import { operatorScope, supportAccessKey } from '@wagate/messages/control.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reconcile } from '../control/reconcile.ts'
import { newId, type Surroundings, startGateway, startSurroundings } from '../testing/gateway-process.ts'

let surroundings: Surroundings
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  surroundings = stack.use(await startSurroundings())
})
afterAll(() => stack.disposeAsync())

const codeOf = (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => 'none',
    (error: unknown) => (error instanceof ApiError ? error.problem.code : String(error)),
  )

async function anOperator() {
  const { tenantId } = await surroundings.control.operators.account()
  const made = await surroundings.control.keys.create({ tenantId, mode: 'live', scopes: [operatorScope] })
  return { operatorsId: tenantId, operatorKind: 'key', operatorId: made.row.keyId, apiKey: made.text } as const
}

test('an access that the account ends on one gateway is over on the other; owners have been mailed', async () => {
  const { sql, control } = surroundings
  await using here = await startGateway(surroundings)
  await using there = await startGateway(surroundings)
  const tenantId = await surroundings.addTenant()
  const { apiKey } = await surroundings.addKey(tenantId, 'live')
  const personId = newId('person')
  await sql`insert into person (person_id, name, email, email_verified) values (${personId}, 'Ada', ${`${personId}@example.com`}, true)`
  await control.members.add(tenantId, personId, 'owner')

  const operator = here.client((await anOperator()).apiKey)
  const access = await operator.openSupportAccess(tenantId, { reason: 'You asked us to.', minutes: 5 })
  expect(await sql`select kind from mail_outbox where kind = 'support_access_opened'`).toHaveLength(1)
  const { token } = await operator.createSupportToken(tenantId, access.id)
  const looking = there.client(token)
  expect((await looking.listSessions()).data).toEqual([])
  expect(await codeOf(looking.createSession())).toBe('permission-missing')
  expect((await operator.listAllSupportAccesses()).data).toEqual([access])

  const customer = here.client(apiKey)
  expect((await customer.listSupportAccesses()).data).toEqual([access])
  await customer.endSupportAccess(access.id)
  await waitFor(async () => (await codeOf(looking.listSessions())) === 'api-key-invalid', { what: 'its end' })
  expect(await codeOf(operator.createSupportToken(tenantId, access.id))).toBe('support-access-over')
  expect((await customer.listSupportAccesses()).data).toMatchObject([{ id: access.id, state: 'ended' }])
})

test('what ended without the mirror is removed by the reconciler, and what the mirror lost comes back', async () => {
  const { buckets, control, sql } = surroundings
  const tenantId = await surroundings.addTenant()
  const { apiKey: _, ...operator } = await anOperator()
  const open = async (minutes: number) =>
    (await control.supportAccesses.open(tenantId, { ...operator, reason: 'why', minutes })).accessId
  const [kept, ended, over] = [await open(5), await open(5), await open(-5)]
  const isMirrored = async (id: string) =>
    (await buckets.supportAccesses.get(supportAccessKey(tenantId, id))) !== undefined
  expect(await Promise.all([kept, ended, over].map(isMirrored))).toEqual([true, true, false])
  await sql.begin(async (tx) => {
    await tx`select set_config('app.tenant_id', ${tenantId}, true)`
    await tx`update support_access set ended_at = now(), ended_by = 'operator:x' where access_id = ${ended}`
  })
  await reconcile({ sql, ...buckets, control, logger: silentLogger(), now: () => new Date() })
  expect(await Promise.all([kept, ended].map(isMirrored))).toEqual([true, false])
  await buckets.supportAccesses.delete(supportAccessKey(tenantId, kept))
  expect(await control.supportAccesses.mirrorAccess(tenantId, kept)).toBe(true)
})

test('who looked, and why, cannot be rewritten by a gateway', async () => {
  const { control, sql } = surroundings
  const tenantId = await surroundings.addTenant()
  const { apiKey: _, ...operator } = await anOperator()
  await control.supportAccesses.open(tenantId, { ...operator, reason: 'why', minutes: 5 })
  const attempt = (text: string) =>
    sql.begin(async (tx) => {
      await tx`select set_config('app.tenant_id', ${tenantId}, true)`
      await tx.unsafe(text)
    })
  for (const text of [
    "update support_access set reason = 'another'",
    "update support_access set operator_id = 'another'",
    'delete from support_access',
  ])
    await expect(attempt(text)).rejects.toThrow('permission denied')
})
