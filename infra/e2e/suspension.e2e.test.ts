// What a suspended account's sessions do, over the whole system: nothing is sent, nothing is lost, and nobody has to scan again.
import { createLinkedSession } from '@wagate/testing/linked-session.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { createOperator, createTenant } from '@wagate/testing/tenant.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemOf } from './src/problem.ts'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack

tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack({ only: ['gateway', 'worker'], partitions: 4, passedOn: { ENGINES: '1' } })
})
afterAll(() => stack?.[Symbol.asyncDispose]())

test('what was accepted before waits through the suspension and a restart of the worker, and goes once when the account is active again', async () => {
  const operator = await createOperator(stack)
  const { tenantId, client } = await createTenant(stack)
  const { sessionId } = await createLinkedSession(client)
  const phone = await client.createPhone()
  await stack.stop('worker')
  const texts = ['one', 'two', 'three']
  for (const body of texts) await client.sendMessage(sessionId, { to: phone.number, type: 'text', text: { body } })
  await operator.suspendTenant(tenantId, { reason: 'The invoice is not paid.' })
  await stack.start()
  const engines = async () => (await operator.listWorkers()).data.flatMap((worker) => worker.engines)
  await waitFor(async () => (await engines()).some(({ connected, queued }) => connected === 1 && queued === 3), {
    ...{ what: 'the session to be connected with all three in its queue', deadlineMs: 60_000 },
  })
  expect(await problemOf(client.listSessions())).toMatchObject({
    code: 'tenant-suspended',
    detail: expect.stringContaining('The invoice is not paid.'),
  })
  expect(await operator.getTenantDetail(tenantId)).toMatchObject({
    sessions: { sandbox: { existing: 1, connected: 1 } },
  })

  await operator.activateTenant(tenantId)
  const shown = async () => (await client.listPhoneMessages(phone.id)).data
  await waitFor(async () => (await shown()).length === texts.length, { deadlineMs: 60_000 })
  expect((await shown()).map(({ text }) => text).toSorted()).toEqual(texts.toSorted())
  await waitFor(async () => (await engines()).every(({ queued }) => queued === 0))
  expect(await shown()).toHaveLength(texts.length)
})
