// What people do by themselves is told to each account that they belong to; a new route is covered the moment it is mounted.
import { BrokerUnavailable } from '@wagate/runtime/errors.ts'
import { expect, test } from 'vitest'
import { auditExtension } from '../docs/openapi.ts'
import { rightCode } from '../fakes/people.ts'
import { createWorld, type World } from '../fakes/world.ts'

const password = 'vier tische neben dem ofen'
const next = 'drei stuehle vor der tuer'

/** Somebody who belongs to two accounts, and is signed in. */
async function member() {
  const world = await createWorld()
  const person = world.people.addPerson({ password, email: 'ada@example.com' })
  const [one, other] = [world.ours.tenantId, world.theirs.tenantId]
  world.people.addMember(one, 'developer', person.id)
  world.people.addMember(other, 'viewer', person.id)
  return { ...world, person, tenantIds: [one, other], token: world.people.signIn(person.id) }
}
type Member = Awaited<ReturnType<typeof member>>

type Try = (scene: Member) => { path?: string; body?: unknown; in?: (scene: Member) => string[] } | undefined
const ofMine = (scene: Member) => scene.tenantIds.slice(0, 1)
const ofNew = ({ onRecord }: Member) => [onRecord.published[0]?.tenantId ?? 'none']

/** What each route is called with so that it succeeds, and the accounts that it is told to: all of the person's, if not said. */
const tries: Record<string, Try> = {
  'post /v1/auth/verify-email': ({ people }) => {
    const { email } = people.addPerson({ verified: false, password })
    return { body: { token: email, password }, in: ofNew }
  },
  'post /v1/auth/sign-in': ({ person }) => ({ body: { email: person.email, password } }),
  'post /v1/auth/second-factor': ({ person }) => ({ body: { challenge: person.id, code: rightCode } }),
  'post /v1/auth/sign-out': () => ({}),
  'post /v1/auth/password-resets/confirm': ({ person }) => ({ body: { token: person.id, password: next } }),
  'post /v1/auth/me/deletion': () => ({ body: { password } }),
  'post /v1/auth/password': () => ({ body: { current_password: password, password: next } }),
  'post /v1/auth/email/confirm': () => ({ body: { token: 'new@example.com' } }),
  'post /v1/auth/two-factor/confirm': () => ({ body: { code: rightCode } }),
  'post /v1/auth/two-factor/remove': ({ person }) => {
    person.twoFactor = true
    return { body: { password, code: rightCode } }
  },
  'post /v1/auth/two-factor/backup-codes': ({ person }) => {
    person.twoFactor = true
    return { body: { password, code: rightCode } }
  },
  'delete /v1/auth/sign-ins/{sign_in_id}': ({ people, person }) => ({
    path: `/v1/auth/sign-ins/${people.signIn(person.id).slice('wgs_'.length)}`,
  }),
  'post /v1/auth/tenants': () => ({ body: { name: 'Another' }, in: ofNew }),
  'post /v1/auth/invitations/{invitation_id}/accept': ({ people, person, tenantIds: [tenantId = ''] }) => ({
    path: `/v1/auth/invitations/${people.addInvitation(tenantId, person.email).invitationId}/accept`,
    in: ofMine,
  }),
  'delete /v1/auth/memberships/{tenant_id}': ({ tenantIds: [tenantId] }) => ({
    path: `/v1/auth/memberships/${tenantId}`,
    in: ofMine,
  }),
}

const changingRoutes = ({ app }: World) =>
  app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route' || definition.route.method === 'get') return []
    const { method, path, security } = definition.route
    const action = definition.route[auditExtension] as string | null | undefined
    return security?.[0]?.apiKey ? [] : [{ route: `${method} ${path}`, method, path, action }]
  })

test('each route for people leaves the entry that it declares in each account that the person belongs to, and no other', async () => {
  const wrong: string[] = []
  for (const { route, method, path, action } of changingRoutes(await createWorld())) {
    const scene = await member()
    const tried = tries[route]?.(scene)
    if (action === undefined) wrong.push(`${route}: does not say whether it goes on record`)
    if (action === null && tried) wrong.push(`${route}: goes on record nowhere, and has a try`)
    if (action === null) continue
    if (!tried) {
      wrong.push(`${route}: say in this file how it succeeds`)
      continue
    }
    const answer = await scene.request(scene.token, method.toUpperCase(), tried.path ?? path, tried.body)
    if (answer.status >= 400) wrong.push(`${route}: could not be tried: ${await answer.text()}`)
    const left = scene.onRecord.published
    const wanted = (tried.in?.(scene) ?? scene.tenantIds).map((tenantId) => `${tenantId} ${action}`)
    if (left.map((entry) => `${entry.tenantId} ${entry.action}`).join() !== wanted.join())
      wrong.push(`${route}: left ${JSON.stringify(left)}`)
    for (const entry of left) {
      if (entry.actor.kind !== 'person' || !entry.actor.id?.startsWith('per_')) wrong.push(`${route}: by nobody`)
      if (entry.targets.length === 0) wrong.push(`${route}: says not to what it was done`)
      if (entry.route !== `${method.toUpperCase()} ${path}`) wrong.push(`${route}: is told as ${entry.route}`)
      if (/@|wgs_|tische|stuehle/.test(JSON.stringify(entry))) wrong.push(`${route}: tells too much`)
    }
  }
  expect(wrong).toEqual([])
})

test('half of a sign-in, a wrong password and somebody who belongs nowhere leave no entry', async () => {
  const { request, person, people, onRecord } = await member()
  const signIn = (email: string, given = password) =>
    request(undefined, 'POST', '/v1/auth/sign-in', { email, password: given })
  person.twoFactor = true
  expect((await signIn(person.email)).status).toBe(200)
  expect((await signIn(person.email, next)).status).toBe(401)
  const loner = people.addPerson({ password, email: 'ben@example.com' })
  expect((await signIn(loner.email)).status).toBe(200)
  expect(onRecord.published).toEqual([])
})

test('an entry tells from which network, and whether there was a second factor', async () => {
  const world = await member()
  const { person } = world
  await world.request(undefined, 'POST', '/v1/auth/second-factor', { challenge: person.id, code: rightCode })
  expect(world.onRecord.published[0]).toMatchObject({
    actor: { kind: 'person', id: person.id },
    targets: [person.id],
    changes: { second_factor: 'code' },
  })
})

test('without a broker nothing is changed; one that goes away meanwhile does not swallow a token that comes only once', async () => {
  const scene = await member()
  const { audit } = scene.deps
  const change = (from: string, to: string) =>
    scene.request(scene.token, 'POST', '/v1/auth/password', { current_password: from, password: to })
  audit.record = async () => {
    throw new BrokerUnavailable('timeout', { mayHaveHappened: true })
  }
  expect((await change(password, next)).status).toBe(200)
  audit.ready = async () => {
    throw new BrokerUnavailable('disconnected', { mayHaveHappened: false })
  }
  expect((await change(next, password)).status).toBe(503)
  expect(scene.person.password).toBe(next)
})
