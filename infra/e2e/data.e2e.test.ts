// What happens to data over time, over HTTP against the whole stack.
import { createHash } from 'node:crypto'
import { ApiError } from '@wagate/api/call.ts'
import { admin } from '@wagate/dev/stack/admin.ts'
import { createLinkedSession } from '@wagate/testing/linked-session.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { createTenant } from '@wagate/testing/tenant.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack

beforeAll(async () => {
  stack = await startStack({ passedOn: { JOB_CLAIM_SECONDS: '2', ERASURE_SETTLE_SECONDS: '1' } })
})
afterAll(() => stack?.[Symbol.asyncDispose]())
tellLogsOfFailures(() => stack)

test('an export is made by another scheduler when the first one dies, and its archive is what it says', async () => {
  const { client } = await createTenant(stack)
  const session = await createLinkedSession(client)
  const phone = await client.createPhone()
  const sent = await client.sendMessage(session.sessionId, { to: phone.number, type: 'text', text: { body: 'kept' } })
  await waitFor(async () => (await client.listMessages(session.sessionId)).data.some(({ id }) => id === sent.id))
  expect(await client.updateSession(session.sessionId, { name: 'front desk' })).toMatchObject({ name: 'front desk' })
  await stack.kill('scheduler')
  const { id } = await client.createExport()
  await expect(client.getExportArchive(id)).rejects.toMatchObject({ problem: { code: 'export-not-ready' } })
  await stack.start()
  await waitFor(async () => (await client.getExport(id)).status === 'succeeded', { deadlineMs: 60_000 })
  const done = await client.getExport(id)
  expect(done.rows).toMatchObject({ 'messages.jsonl': 1, 'sessions.jsonl': 1, 'chats.jsonl': 1 })
  const archive = Buffer.from(await new Response(await client.getExportArchive(id)).arrayBuffer())
  expect([archive.length, createHash('sha256').update(archive).digest('hex')]).toEqual([done.bytes, done.sha256])
  const { client: stranger } = await createTenant(stack)
  const refused = await stranger.getExportArchive(id).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ApiError)
  expect(refused).toMatchObject({ problem: { code: 'export-not-found' } })
})

test('what a tenant keeps is looked through within minutes after it chose', async () => {
  const { client } = await createTenant(stack, { mode: 'live' })
  expect(await client.getRetention()).toMatchObject({ message_days: null, last_run_at: null })
  expect(await client.updateRetention({ message_days: 30 })).toMatchObject({ message_days: 30 })
  await waitFor(async () => (await client.getRetention()).last_run_at !== null, { deadlineMs: 150_000, everyMs: 1_000 })
  const ran = await client.getRetention()
  const days = (Date.now() - Date.parse(ran.messages_removed_before ?? '')) / 86_400_000
  expect(Math.round(days)).toBe(30)
})

test('a person is erased from everything that can be read, and another one is not', async () => {
  const { client } = await createTenant(stack)
  const session = await createLinkedSession(client)
  const [ada, bob] = [await client.createPhone(), await client.createPhone()]
  for (const phone of [ada, bob]) {
    const body = `to ${phone.number}`
    const sent = await client.sendMessage(session.sessionId, { to: phone.number, type: 'text', text: { body } })
    await waitFor(async () => (await client.listMessages(session.sessionId)).data.some(({ id }) => id === sent.id))
  }
  const { id } = await client.erasePerson({ person: ada.number })
  await waitFor(async () => (await client.getErasure(id)).status === 'succeeded', { deadlineMs: 60_000 })
  expect((await client.getErasure(id)).removed).toMatchObject({ messages: 1, chats: 1 })
  const { data } = await client.listMessages(session.sessionId)
  expect(data.map(({ text }) => text?.body)).toEqual([`to ${bob.number}`])
  expect((await client.listChats()).data.map(({ phone }) => phone)).toEqual([bob.number])
})

test('an account whose time is over is gone: its key opens nothing, and others go on', async () => {
  const [ours, theirs] = [await createTenant(stack), await createTenant(stack)]
  const sessions = [await createLinkedSession(ours.client), await createLinkedSession(theirs.client)] as const
  const made = await admin(stack.wiring, ['tenant', 'delete', '--tenant', ours.tenantId], AbortSignal.timeout(60_000))
  expect(made).toMatchObject({ tenant_id: ours.tenantId })
  const refused = async () =>
    ours.client.createSession().then(
      () => '',
      (error) => error.problem?.code,
    )
  await waitFor(async () => (await refused()) === 'tenant-deleting')
  expect((await ours.client.listSessions()).data).toHaveLength(1)
  expect(
    await admin(stack.wiring, ['tenant', 'keep', '--tenant', ours.tenantId], AbortSignal.timeout(60_000)),
  ).toMatchObject({
    kept: true,
  })
  await waitFor(async () => (await refused()) === '')
  await admin(stack.wiring, ['tenant', 'erase', '--tenant', ours.tenantId], AbortSignal.timeout(60_000))
  await waitFor(async () => (await refused()) === 'api-key-invalid', { deadlineMs: 60_000 })
  await waitFor(() => stack.log('scheduler', 1_000).includes('"kind":"erase_tenant","outcome":"done"'), {
    deadlineMs: 90_000,
  })
  expect((await theirs.client.getSession(sessions[1].sessionId)).status).toBe('connected')
})
