import { problem } from '@wagate/api/problems.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

async function refusals() {
  const world = await createWorld()
  const { tenantId } = world.ours
  const refusal = async (token: string) => {
    const answer = await world.request(token, 'POST', '/v1/sessions', {})
    const { status, code, title, detail } = problem.parse(await answer.json())
    return { status, code, title, detail }
  }
  const owner = world.people.addMember(tenantId, 'owner')
  return { ...world, tenantId, owner, refusal }
}

test('a program is told which scope its key lacks', async () => {
  const { addKey, tenantId, refusal } = await refusals()
  expect(await refusal(addKey(tenantId, 'test', ['sessions:read']))).toEqual({
    ...{ status: 403, code: 'scope-missing', title: 'The API key lacks a scope' },
    detail: 'This needs an API key with the scope "sessions:write"; this key does not have it.',
  })
})

test('a person is told of the role, and of no key', async () => {
  const { people, tokenOf, tenantId, refusal } = await refusals()
  expect(await refusal(await tokenOf(tenantId, people.addMember(tenantId, 'viewer')))).toEqual({
    ...{ status: 403, code: 'permission-missing', title: 'You may not do this' },
    detail: 'Your role in this account, viewer, does not allow this: it needs "sessions:write". Ask an owner or admin.',
  })
})

test('a token that a person made for less is told apart from a role that allows less', async () => {
  const { request, tokenOf, tenantId, owner, refusal } = await refusals()
  const all = await tokenOf(tenantId, owner)
  const answer = await request(all, 'POST', '/v1/tokens', { scopes: ['sessions:read'] })
  const { token } = (await answer.json()) as { token: string }
  expect(await refusal(token)).toMatchObject({
    code: 'permission-missing',
    detail: 'Your role in this account includes "sessions:write", but this token was made without it: get another one.',
  })
})
