import { me, tenantTokenAnswer } from '@wagate/api/account.ts'
import { problem } from '@wagate/api/problems.ts'
import type { Role } from '@wagate/messages/control.ts'
import { scopesOfRole } from '@wagate/messages/roles.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

const codeOf = async (response: Response) => problem.safeParse(await response.json()).data?.code

async function operators() {
  const world = await createWorld()
  const { people, operatorsId, request } = world
  /** Somebody who belongs to the operators, signed in. */
  function member(role: Role, twoFactor = true) {
    const { id } = people.addPerson({ twoFactor })
    people.addMember(operatorsId, role, id)
    return { id, token: people.signIn(id) }
  }
  const ask = (token: string) => request(token, 'POST', '/v1/auth/tokens', { tenant_id: operatorsId })
  async function enter(role: Role) {
    const { id, token } = member(role)
    return { id, ...tenantTokenAnswer.parse(await (await ask(token)).json()) }
  }
  return { ...world, member, ask, enter }
}

test('an operator who signs in with a password only is told to switch a second factor on', async () => {
  const { member, ask, people } = await operators()
  const { id, token } = member('owner', false)
  expect(await codeOf(await ask(token))).toBe('second-factor-required')
  const person = people.persons.get(id)
  if (person) person.twoFactor = true
  expect((await ask(token)).status).toBe(201)
})

test('who must have a second factor for the operators needs none for other accounts', async () => {
  const { member, people, request, ours } = await operators()
  const { id, token } = member('owner', false)
  people.addMember(ours.tenantId, 'admin', id)
  expect((await request(token, 'POST', '/v1/auth/tokens', { tenant_id: ours.tenantId })).status).toBe(201)
})

test("owners and admins of the operators' account order the fleet about, the others look on", async () => {
  const { enter, request, ours } = await operators()
  const path = `/v1/admin/workers/${ours.params.worker_id}/drain`
  for (const role of ['owner', 'admin'] as const) {
    const { token, scopes } = await enter(role)
    expect(scopes).toEqual(scopesOfRole({ operators: true }, role))
    expect((await request(token, 'POST', path)).status).toBe(202)
  }
  for (const role of ['developer', 'agent', 'viewer'] as const) {
    const { token } = await enter(role)
    expect((await request(token, 'GET', '/v1/admin/workers')).status).toBe(200)
    expect(await codeOf(await request(token, 'POST', path))).toBe('permission-missing')
    const invited = { email: 'eve@example.com', role: 'admin' }
    expect(await codeOf(await request(token, 'POST', '/v1/invitations', invited))).toBe('permission-missing')
  }
})

test('operators invite each other, and what one orders is on record under his name', async () => {
  const { enter, request, ours, onRecord, operatorsId } = await operators()
  const { id, token } = await enter('admin')
  expect((await request(token, 'POST', '/v1/invitations', { email: 'ben@example.com', role: 'owner' })).status).toBe(
    201,
  )
  await request(token, 'POST', `/v1/admin/workers/${ours.params.worker_id}/drain`)
  const entries = onRecord.published.filter(({ tenantId }) => tenantId === operatorsId)
  expect(entries.map(({ action, actor }) => [action, actor])).toEqual([
    ['member.invited', { kind: 'operator', id }],
    ['worker.drain_ordered', { kind: 'operator', id }],
  ])
})

test("nobody can delete, rename or plan the operators' account, nor make keys or sessions there", async () => {
  const { enter, request } = await operators()
  const { token } = await enter('owner')
  const attempts = [
    ['POST', '/v1/tenant/deletion', { name: 'a tenant' }],
    ['PATCH', '/v1/tenant', { name: 'mine' }],
    ['POST', '/v1/plan', { plan: 'pro' }],
    ['POST', '/v1/api-keys', { scopes: ['members:read'] }],
    ['POST', '/v1/tokens', { scopes: ['sessions:read'] }],
    ['POST', '/v1/sessions', {}],
  ] as const
  for (const [method, path, body] of attempts)
    expect(await codeOf(await request(token, method, path, body)), path).toBe('permission-missing')
})

test('a person is told which of his accounts is the operators', async () => {
  const { member, people, request, ours, operatorsId } = await operators()
  const { id, token } = member('viewer')
  people.addMember(ours.tenantId, 'agent', id)
  const { tenants } = me.parse(await (await request(token, 'GET', '/v1/auth/me')).json())
  expect(tenants.map(({ id, operators }) => [id, operators])).toEqual([
    [operatorsId, true],
    [ours.tenantId, false],
  ])
})
