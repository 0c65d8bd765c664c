// Who changed what, over the whole system: from a request to a log that proves to be whole.
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { createOperator, createTenant } from '@wagate/testing/tenant.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack
tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack?.[Symbol.asyncDispose]())

test('changes are on record with who made them, and the log can be verified and taken along', async () => {
  const { client, apiKey, tenantId } = await createTenant(stack)
  const key = await client.createApiKey({ scopes: ['messages:write'] })
  await client.revokeApiKey(key.id)
  const session = await client.createSession({ name: 'not on record' })
  const read = async () => (await client.listAuditLog()).data.toReversed()
  await waitFor(async () => (await read()).length === 4, { what: 'the entries' })

  const entries = await read()
  const byKey = { kind: 'key', id: apiKey.split('_')[2] }
  const byOperator = { kind: 'operator', id: 'command_line' }
  // The account itself, made by command line, is number 1 and of no mode: a test key does not see it.
  expect(entries).toMatchObject([
    { number: 2, action: 'api_key.created', actor: byOperator, targets: [byKey.id] },
    { number: 3, action: 'api_key.created', actor: byKey, targets: [key.id], changes: { scopes: ['messages:write'] } },
    { number: 4, action: 'api_key.revoked', actor: byKey, targets: [key.id] },
    { number: 5, action: 'session.created', actor: byKey, targets: [session.id], address: '127.0.0.0/24' },
  ])
  expect(JSON.stringify(entries)).not.toContain('not on record')
  expect(entries.every((entry) => entry.tenant_id === tenantId)).toBe(true)

  const verified = await client.verifyAuditLog()
  expect(verified).toMatchObject({ holds: true, through: 5, hash: entries.at(-1)?.hash, complete: true })
  await client.deleteSession(session.id)
  await waitFor(async () => (await read()).length === 5)
  const later = await client.verifyAuditLog({ after: verified.through, hash: verified.hash })
  expect(later).toMatchObject({ holds: true, after: 5, through: 6 })
  const file = await new Response(await client.exportAuditLog('csv', { target: session.id })).text()
  expect(file.trimEnd().split('\r\n')).toHaveLength(3)
})

test('what the operator orders of the fleet is on record in the operator’s account', async () => {
  const operator = await createOperator(stack)
  const { data } = await operator.listWorkers()
  const workerId = data[0]?.id ?? ''
  await operator.undrainWorker(workerId)
  const actions = async () => (await operator.listOperatorAuditLog()).data.map(({ action }) => action)
  await waitFor(async () => (await actions()).includes('worker.undrain_ordered'))
  expect(await actions()).toEqual(['worker.undrain_ordered', 'api_key.created', 'tenant.created'])
  expect(await operator.verifyOperatorAuditLog()).toMatchObject({ holds: true, through: 3 })
})
