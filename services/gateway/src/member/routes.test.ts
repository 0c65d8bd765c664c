import { invitation, roleTable } from '@wagate/api/member.ts'
import { problem } from '@wagate/api/problems.ts'
import { roles } from '@wagate/messages/control.ts'
import { scopesOfRole } from '@wagate/messages/roles.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

const codeOf = async (response: Response) => problem.safeParse(await response.json()).data?.code

async function team() {
  const world = await createWorld()
  const { tenantId } = world.ours
  const member = async (role: (typeof roles)[number]) => {
    const personId = world.people.addMember(tenantId, role)
    return { personId, token: await world.tokenOf(tenantId, personId) }
  }
  return {
    ...world,
    tenantId,
    admin: await member('admin'),
    developer: await member('developer'),
    agent: await member('agent'),
  }
}

test('a person may do in a tenant what the role may, and no more', async () => {
  const { request, agent, developer, ours } = await team()
  const message = { to: '+999100200300', type: 'text', text: { body: 'hi' } }
  const path = `/v1/sessions/${ours.params.session_id}/messages`
  expect((await request(agent.token, 'POST', path, message)).status).toBe(202)
  expect(await codeOf(await request(agent.token, 'POST', '/v1/sessions', {}))).toBe('permission-missing')
  expect((await request(developer.token, 'POST', '/v1/sessions', {})).status).toBe(201)
  expect(await codeOf(await request(developer.token, 'GET', '/v1/workers'))).toBeDefined()
})

test('a changed role holds for tokens that are about, and a removed member is let in nowhere', async () => {
  const { request, admin, agent, people } = await team()
  expect((await request(admin.token, 'PATCH', `/v1/members/${agent.personId}`, { role: 'viewer' })).status).toBe(204)
  expect(await codeOf(await request(agent.token, 'POST', '/v1/sessions', {}))).toBe('permission-missing')
  expect((await request(agent.token, 'GET', '/v1/sessions')).status).toBe(200)
  expect((await request(admin.token, 'DELETE', `/v1/members/${agent.personId}`)).status).toBe(204)
  expect(await codeOf(await request(agent.token, 'GET', '/v1/sessions'))).toBe('api-key-invalid')
  expect(people.mails.map(({ to, kind }) => [people.idOf(to), kind])).toEqual([[agent.personId, 'member_removed']])
})

test('nobody makes somebody mightier than himself, nor touches one who is', async () => {
  const { request, admin, agent, ours, people, tenantId } = await team()
  const owner = people.addMember(tenantId, 'owner')
  expect(await codeOf(await request(admin.token, 'PATCH', `/v1/members/${agent.personId}`, { role: 'owner' }))).toBe(
    'role-too-high',
  )
  expect(await codeOf(await request(admin.token, 'DELETE', `/v1/members/${owner}`))).toBe('role-too-high')
  const invite = { email: 'eve@example.com', role: 'owner' }
  expect(await codeOf(await request(ours.key, 'POST', '/v1/invitations', invite))).toBe('role-too-high')
  expect((await request(ours.ownerToken, 'PATCH', `/v1/members/${agent.personId}`, { role: 'owner' })).status).toBe(204)
})

test('an invitation is mailed, joined by whom it is for, and gone', async () => {
  const { request, admin, people, tenantId } = await team()
  const made = await request(admin.token, 'POST', '/v1/invitations', { email: ' Ben@Example.com ', role: 'agent' })
  expect(made.status).toBe(201)
  const { id } = invitation.parse(await made.json())
  expect(people.mails).toMatchObject([{ to: 'ben@example.com', kind: 'invitation', role: 'agent' }])
  const accept = (token: string) => request(token, 'POST', `/v1/auth/invitations/${id}/accept`)
  const eve = people.signIn(people.addPerson({ email: 'eve@example.com' }).id)
  expect(await codeOf(await accept(eve))).toBe('invitation-not-found')
  const ben = people.addPerson({ email: 'ben@example.com' })
  const token = people.signIn(ben.id)
  expect((await accept(token)).status).toBe(200)
  expect(people.members.get(`${tenantId}.${ben.id}`)?.role).toBe('agent')
  expect(await codeOf(await accept(token))).toBe('invitation-not-found')
  expect(await codeOf(await request(admin.token, 'POST', '/v1/invitations', { email: ben.email, role: 'admin' }))).toBe(
    'already-member',
  )
})

test('only an owner in person hands the account over', async () => {
  const { request, admin, agent, ours, people, tenantId } = await team()
  const hand = (key: string) => request(key, 'POST', '/v1/tenant/ownership', { person_id: agent.personId })
  expect(await codeOf(await hand(admin.token))).toBe('permission-missing')
  expect(await codeOf(await hand(ours.key))).toBe('scope-missing')
  expect((await hand(ours.ownerToken)).status).toBe(204)
  expect(people.members.get(`${tenantId}.${agent.personId}`)?.role).toBe('owner')
  expect(people.mails.map(({ to, kind }) => [people.idOf(to), kind])).toEqual([
    [agent.personId, 'ownership_transfer'],
    [expect.any(String), 'ownership_handed_over'],
  ])
})

test('the table of roles is the one that requests are checked against', async () => {
  const { request, agent } = await team()
  const { data } = roleTable.parse(await (await request(agent.token, 'GET', '/v1/roles')).json())
  expect(data).toEqual(roles.map((role) => ({ role, scopes: scopesOfRole({}, role) })))
})
