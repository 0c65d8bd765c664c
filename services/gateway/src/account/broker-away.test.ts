// What people do to accounts is on record: while the broker can take no record, nothing is changed, and asking again later works.
import { problem } from '@wagate/api/problems.ts'
import { memberKey } from '@wagate/messages/control.ts'
import { BrokerUnavailable } from '@wagate/runtime/errors.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

async function setUp() {
  const world = await createWorld()
  const { audit } = world.deps
  const { ready } = audit
  const withBrokerAway = async (method: string, path: string, token?: string, body?: unknown) => {
    audit.ready = async () => {
      throw new BrokerUnavailable('disconnected', { mayHaveHappened: false })
    }
    const answer = await world.request(token, method, path, body)
    audit.ready = ready
    return [answer.status, problem.parse(await answer.json()).code]
  }
  return { world, withBrokerAway }
}
const away = [503, 'broker-unavailable']

test('the link that proves an address is not used up', async () => {
  const { world, withBrokerAway } = await setUp()
  const { email } = world.people.addPerson({ verified: false, password: 'chosen' })
  const tenants = world.tenants.size
  const body = { token: email, password: 'chosen' }
  expect(await withBrokerAway('POST', '/v1/auth/verify-email', undefined, body)).toEqual(away)
  expect(world.tenants.size).toBe(tenants)
  expect((await world.request(undefined, 'POST', '/v1/auth/verify-email', body)).status).toBe(201)
  expect(world.tenants.size).toBe(tenants + 1)
})

test('no account is left without an owner', async () => {
  const { world, withBrokerAway } = await setUp()
  const token = world.people.signIn(world.people.addPerson().id)
  const tenants = world.tenants.size
  expect(await withBrokerAway('POST', '/v1/auth/tenants', token, { name: 'Another' })).toEqual(away)
  expect(world.tenants.size).toBe(tenants)
})

test('nobody joins or leaves without a record', async () => {
  const { world, withBrokerAway } = await setUp()
  const { tenantId } = world.ours
  const { id, email } = world.people.addPerson()
  const token = world.people.signIn(id)
  const { invitationId } = world.people.addInvitation(tenantId, email)
  expect(await withBrokerAway('POST', `/v1/auth/invitations/${invitationId}/accept`, token)).toEqual(away)
  expect(world.people.members.has(memberKey(tenantId, id))).toBe(false)
  world.people.addMember(tenantId, 'viewer', id)
  expect(await withBrokerAway('DELETE', `/v1/auth/memberships/${tenantId}`, token)).toEqual(away)
  expect(world.people.members.has(memberKey(tenantId, id))).toBe(true)
})
