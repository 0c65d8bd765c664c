import { deletion } from '@wagate/api/deletion.ts'
import { problem } from '@wagate/api/problems.ts'
import { DatabaseUnavailable } from '@wagate/runtime/errors.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

const path = '/v1/tenant/deletion'
const codeOf = async (response: Response) => [response.status, problem.parse(await response.json()).code]

test('an account is deleted by an owner who names it, and 30 days later', async () => {
  const { request, ours } = await createWorld()
  expect(await codeOf(await request(ours.key, 'POST', path, { name: 'a tenant' }))).toEqual([403, 'scope-missing'])
  const wrong = await request(ours.ownerToken, 'POST', path, { name: 'another tenant' })
  expect(await codeOf(wrong)).toEqual([422, 'invalid-request'])
  const begun = deletion.parse(await (await request(ours.ownerToken, 'POST', path, { name: 'a tenant' })).json())
  const days = (Date.parse(begun.deletes_at ?? '') - Date.now()) / 86_400_000
  expect(Math.round(days)).toBe(30)
  const again = deletion.parse(await (await request(ours.ownerToken, 'POST', path, { name: 'a tenant' })).json())
  expect(again).toEqual(begun)
  expect(await (await request(ours.key, 'GET', path)).json()).toEqual(begun)
})

test('until then it is read and exported, and nothing else; taken back, it works again', async () => {
  const { request, ours, theirs, jobs } = await createWorld()
  await request(ours.ownerToken, 'POST', path, { name: 'a tenant' })
  for (const [method, at, body] of [
    ['POST', '/v1/sessions', {}],
    ['DELETE', `/v1/sessions/${ours.params.session_id}`],
    ['PATCH', `/v1/webhooks/${ours.params.webhook_id}`, { enabled: false }],
    ['POST', '/v1/api-keys', { scopes: ['messages:read'] }],
  ] as const)
    expect(await codeOf(await request(ours.key, method, at, body)), at).toEqual([403, 'tenant-deleting'])
  expect((await request(theirs.key, 'POST', '/v1/sessions', {})).status).toBe(201)
  expect((await request(ours.key, 'GET', '/v1/sessions')).status).toBe(200)
  jobs.finish(ours.params.job_id, {})
  expect((await request(ours.key, 'POST', '/v1/exports')).status).toBe(202)
  expect((await request(ours.ownerToken, 'DELETE', path)).status).toBe(204)
  expect(await codeOf(await request(ours.ownerToken, 'DELETE', path))).toEqual([409, 'no-deletion'])
  expect((await request(ours.key, 'POST', '/v1/sessions', {})).status).toBe(201)
})

test('every owner learns by mail who asked for the deletion, when it comes, and that it was taken back; nobody else does', async () => {
  const { request, ours, people } = await createWorld()
  const ada = people.addMember(ours.tenantId, 'owner', people.addPerson({ name: 'Ada', email: 'ada@example.com' }).id)
  people.addMember(ours.tenantId, 'admin')
  for (let n = 0; n < 2; n++) await request(ours.ownerToken, 'POST', path, { name: 'a tenant' })
  const asked = people.mails.splice(0)
  expect(asked).toHaveLength(2)
  expect(asked).toMatchObject([
    { kind: 'deletion_asked', tenantName: 'a tenant', at: expect.any(Date), link: expect.stringMatching(/settings$/) },
    { to: 'ada@example.com', kind: 'deletion_asked' },
  ])
  await request(ours.ownerToken, 'DELETE', path)
  await request(ours.ownerToken, 'DELETE', path)
  expect(people.mails).toHaveLength(2)
  expect(people.mails).toMatchObject([{ kind: 'deletion_taken_back' }, { to: people.persons.get(ada)?.email }])
})

test('a deletion that is decided holds though its mails cannot be stored', async () => {
  const queueMail = async () => {
    throw new DatabaseUnavailable('away')
  }
  const { request, ours } = await createWorld({ queueMail })
  expect((await request(ours.ownerToken, 'POST', path, { name: 'a tenant' })).status).toBe(202)
  expect((await request(ours.ownerToken, 'DELETE', path)).status).toBe(204)
})
