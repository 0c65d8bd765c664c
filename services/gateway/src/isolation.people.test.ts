// Every route that is for people, or for anybody: a new one is covered the moment it is mounted.
import { problem } from '@wagate/api/problems.ts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createWorld, type World } from './fakes/world.ts'
import { maxBodyBytes } from './http/read-json.ts'

/** Open to anyone, and meant to be: how people get in. */
const open = [
  'POST /v1/auth/sign-up',
  'POST /v1/auth/verification-mails',
  'POST /v1/auth/verify-email',
  'POST /v1/auth/sign-in',
  'POST /v1/auth/second-factor',
  'POST /v1/auth/password-resets',
  'POST /v1/auth/password-resets/confirm',
]

function routesFor({ app }: World, security: 'signIn' | undefined) {
  return app.openAPIRegistry.definitions
    .flatMap((definition) => (definition.type === 'route' ? [definition.route] : []))
    .filter((route) => (security ? route.security?.[0]?.[security] !== undefined : route.security?.length === 0))
    .map(({ method, path, request }) => {
      const media = request?.body?.content?.['application/json']
      const schema = media && 'schema' in media ? media.schema : undefined
      return {
        method: method.toUpperCase(),
        path,
        body: schema instanceof z.ZodType ? schema.meta()?.example : undefined,
      }
    })
}

const fill = (path: string, id: string) => path.replaceAll(/\{\w+\}/g, id)
const codeOf = async (response: Response) => problem.safeParse(await response.json()).data?.code

test('a route is open to anybody only when it is listed here', async () => {
  const routes = routesFor(await createWorld(), undefined).map(({ method, path }) => `${method} ${path}`)
  expect(routes.toSorted()).toEqual(open.toSorted())
})

test('no route for people lets in somebody who is not signed in', async () => {
  const world = await createWorld()
  const routes = routesFor(world, 'signIn')
  expect(routes.length).toBeGreaterThan(10)
  const token = world.people.signIn(world.people.addPerson().id)
  await world.people.deps.accounts.signOut(token)
  const strangers = {
    nobody: undefined,
    'an API key': world.ours.key,
    "the operator's key": world.operatorKey,
    'a token for a tenant': world.ours.ownerToken,
    'a made-up token': 'wgs_made.up',
    'somebody who signed out': token,
  }
  const found: string[] = []
  for (const { method, path, body } of routes)
    for (const [who, key] of Object.entries(strangers)) {
      const code = await codeOf(await world.request(key, method, fill(path, world.ours.tenantId), body))
      if (code !== 'sign-in-needed') found.push(`${method} ${path}: ${who} got ${code}`)
    }
  expect(found).toEqual([])
})

test('what belongs to another person is as if it were not there', async () => {
  const world = await createWorld()
  const stranger = world.people.signIn(world.people.addPerson().id)
  const ids = [world.ours.tenantId, world.ours.params.invitation_id, 'none', '%00']
  const found: string[] = []
  for (const { method, path, body } of routesFor(world, 'signIn').filter((route) => route.path.includes('{')))
    for (const id of ids) {
      const response = await world.request(stranger, method, fill(path, id), body)
      if (response.status !== 404) found.push(`${method} ${path} with ${id} got ${response.status}`)
    }
  expect(found).toEqual([])
})

test('every route for people, or for anybody, that takes a body refuses what is no body of it', async () => {
  const world = await createWorld()
  const token = world.people.signIn(world.people.addPerson().id)
  const wrong: string[] = []
  const routes = [...routesFor(world, 'signIn'), ...routesFor(world, undefined)].filter(
    ({ body }) => body !== undefined,
  )
  for (const { method, path, body } of routes) {
    const attempt = async (what: string, sent: unknown, wanted: string, type = 'application/json') => {
      const response = await world.request(token, method, fill(path, 'none'), sent, { 'content-type': type })
      const code = await codeOf(response)
      if (code !== wanted) wrong.push(`${method} ${path}: ${what} got ${response.status} ${code}`)
    }
    await attempt('half a body', '{"password": ', 'malformed-json')
    await attempt('a list', [], 'invalid-request')
    await attempt('null', 'null', 'invalid-request')
    await attempt('a form', 'a=1', 'unsupported-media-type', 'application/x-www-form-urlencoded')
    await attempt('an unknown field', { ...Object(body), surprise: 1 }, 'invalid-request')
    await attempt('more than 1 MiB', { a: 'x'.repeat(maxBodyBytes) }, 'body-too-large')
    for (const field of Object.keys(Object(body)))
      await attempt(`${field} of a wrong type`, { ...Object(body), [field]: { not: 'this' } }, 'invalid-request')
  }
  expect(routes.length).toBeGreaterThan(10)
  expect(wrong).toEqual([])
})

test('a token for a tenant is given to its members only', async () => {
  const world = await createWorld()
  const stranger = world.people.signIn(world.people.addPerson().id)
  for (const tenant_id of [world.ours.tenantId, world.theirs.tenantId, 'none', 'a.b', '>'])
    expect(await codeOf(await world.request(stranger, 'POST', '/v1/auth/tokens', { tenant_id }))).toBe(
      'tenant-not-found',
    )
})
