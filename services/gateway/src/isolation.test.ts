// One suite over every route within a tenant: a new route is covered the moment it is mounted. Those for people, and those for anybody,
// are in isolation.people.test.ts.
import { problem } from '@wagate/api/problems.ts'
import { tokenScopes } from '@wagate/api/token.ts'
import { operatorReadScope, operatorScope, ownerScope, type Scope, scopes } from '@wagate/messages/control.ts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createWorld, type World } from './fakes/world.ts'
import { maxBodyBytes } from './http/read-json.ts'

/** Open to anyone, and meant to be. */
const publicPaths = new Set([
  '/healthz',
  '/readyz',
  '/metrics',
  '/openapi.json',
  '/docs',
  '/problems/:code',
  '/.well-known/jwks.json',
])

/** What a suspended tenant may ask all the same. */
const whileSuspended = new Set(['GET /v1/tenant', 'GET /v1/support-accesses', 'DELETE /v1/support-accesses/:access_id'])

type Route = { method: string; path: string; body: unknown; scope: Scope | undefined }
type Params = Record<string, string>

/** The routes of the app, with the example of the body that their schema gives. */
function routesOf({ app }: World): Route[] {
  const specs = app.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === 'route' ? [definition.route] : [],
  )
  return app.routes
    .filter(({ method, path }) => method !== 'ALL' && !publicPaths.has(path))
    .map(({ method, path }) => {
      const openApiPath = path.replaceAll(/:(\w+)/g, '{$1}')
      const spec = specs.find((known) => known.method.toUpperCase() === method && known.path === openApiPath)
      const media = spec?.request?.body?.content?.['application/json']
      const schema = media && 'schema' in media ? media.schema : undefined
      const example = schema instanceof z.ZodType ? (schema.meta()?.example ?? {}) : undefined
      const scope = spec?.security?.[0]?.apiKey?.[0] as Scope | undefined
      const forPeople = spec !== undefined && scope === undefined
      return { method, path, body: method === 'GET' || method === 'DELETE' ? undefined : example, scope, forPeople }
    })
    .filter(({ forPeople }) => !forPeople)
}

const isOperators = (scope: Scope | undefined): boolean => scope === operatorScope || scope === operatorReadScope

/** The operator sees the whole installation; a tenant's key gets nowhere near it. */
const keyFor = (world: World, { scope }: Pick<Route, 'scope'>): string =>
  isOperators(scope) ? world.operatorKey : scope === ownerScope ? world.ours.ownerToken : world.ours.key

/** Of a tenant, in whatever mode. */
const modeless = /:(person|invitation|access|reply)_id/

const fill = (path: string, params: Params) =>
  path.replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? `no-fixture-for-${name}`)

/** What a route answers, without what differs from request to request. */
async function answerOf(response: Response) {
  const text = await response.text()
  const parsed = response.status >= 400 ? problem.safeParse(JSON.parse(text)) : undefined
  const isProblem = parsed?.success === true && response.headers.get('content-type') === 'application/problem+json'
  const { request_id: _, ...shown } = parsed?.data ?? { request_id: '' }
  return { status: response.status, isProblem, code: parsed?.data?.code, shown: JSON.stringify(shown), text }
}

const readScopes = scopes.filter((scope) => scope.endsWith(':read'))

/** What a browser may have: it reads, whatever the key may do. */
async function readingToken({ request, ours }: World): Promise<string> {
  const made = await request(ours.key, 'POST', '/v1/tokens', { scopes: tokenScopes })
  return z.object({ token: z.string() }).parse(await made.json()).token
}

type Answer = Awaited<ReturnType<typeof answerOf>>

/** A route that names something: what is not the caller's own is the same as what never was. */
async function tryIds(
  world: World,
  scope: Scope | undefined,
  call: (key: string | undefined, params: Params) => Promise<Answer>,
  report: (what: string, answer: Answer) => void,
  ofNoMode: boolean,
): Promise<void> {
  const { ours, theirs } = world
  const missing = Object.fromEntries(Object.entries(ours.params).map(([name, id]) => [name, `${id.slice(0, -4)}ZZZZ`]))
  const key = keyFor(world, { scope })
  const asMissing = await call(key, missing)
  if (asMissing.status !== 404 || !asMissing.isProblem) report('a missing id', asMissing)
  const asTheirs = await call(ours.key, theirs.params)
  if (!isOperators(scope) && (asTheirs.shown !== asMissing.shown || asTheirs.status !== 404))
    report("another tenant's id", asTheirs)
  const elsewhere = world.addKey(ours.tenantId, 'test', undefined, { sessionIds: ['ses_another'] })
  const asRestricted = await call(elsewhere, ours.params)
  if (!isOperators(scope) && asRestricted.code !== 'key-restricted' && asRestricted.shown !== asMissing.shown)
    report('a key for another session', asRestricted)
  const garbage = Object.fromEntries(Object.keys(ours.params).map((name) => [name, '%00%2e%2e']))
  const asGarbage = await call(key, garbage)
  if (asGarbage.shown !== asMissing.shown) report('an id that is none', asGarbage)
  if (isOperators(scope) || ofNoMode) return // modes are the tenants', and of their sessions
  const asOtherMode = await call(ours.liveKey, ours.params)
  const wanted = scope === 'sandbox' ? 'test-key-required' : asMissing.code
  if (asOtherMode.code !== wanted) report("the other mode's id", asOtherMode)
}

/**
 * Every way in which a route of the app lets somebody in who should stay out; empty when all is well. `covered` gets a line for
 * each route that was tried.
 */
async function leaks(world: World, covered: string[] = []): Promise<string[]> {
  const { ours } = world
  const token = await readingToken(world)
  const found: string[] = []
  const suspended = await world.addTenant('suspended')
  for (const { method, path, body, scope } of routesOf(world)) {
    const report = (what: string, answer: Answer): void =>
      void found.push(`${method} ${path}: ${what} got ${answer.status} ${answer.code ?? ''}`)
    let attempts = 0
    const call = async (key: string | undefined, params: Params) => {
      attempts += 1
      return answerOf(await world.request(key, method, fill(path, params), body))
    }
    const refused = async (what: string, key: string | undefined, params: Params, status: number, code: string) => {
      const answer = await call(key, params)
      if (answer.status !== status || answer.code !== code || !answer.isProblem) report(what, answer)
    }
    await refused('no key', undefined, ours.params, 401, 'api-key-missing')
    await refused('a mistyped key', `${ours.key}x`, ours.params, 401, 'api-key-invalid')
    const revoked = world.addKey(ours.tenantId, 'test', undefined, { revokedAt: new Date().toISOString() })
    await refused('a revoked key', revoked, ours.params, 401, 'api-key-invalid')
    const expired = world.addKey(ours.tenantId, 'test', undefined, { expiresAt: new Date(0).toISOString() })
    await refused('an expired key', expired, ours.params, 401, 'api-key-invalid')
    if (!whileSuspended.has(`${method} ${path}`))
      await refused('a suspended tenant', suspended.key, suspended.params, 403, 'tenant-suspended')
    const without = (['sessions:read', 'sandbox', 'messages:write'] as const).filter((one) => one !== scope)
    if (isOperators(scope)) {
      await refused("a tenant's key with every scope", ours.key, ours.params, 403, 'scope-missing')
      await refused("a tenant's live key", ours.liveKey, ours.params, 403, 'scope-missing')
    } else await refused("the operator's key", world.operatorKey, ours.params, 403, 'scope-missing')
    await refused(
      'a key without the scope',
      world.addKey(ours.tenantId, 'test', without),
      ours.params,
      403,
      'scope-missing',
    )
    if (!scope?.endsWith(':read')) {
      const readOnly = world.addKey(ours.tenantId, 'test', readScopes)
      await refused('a key that may only read', readOnly, ours.params, 403, 'scope-missing')
      await refused('a token that may only read', token, ours.params, 403, 'scope-missing')
    }
    if (path.includes(':')) await tryIds(world, scope, call, report, modeless.test(path))
    covered.push(`${method.padEnd(6)} ${path.padEnd(58)} ${(scope ?? 'no scope').padEnd(14)} ${attempts} attempts`)
  }
  return found
}

test('no route lets in a request without key, scope or right to the resource', async () => {
  const world = await createWorld()
  const covered: string[] = []
  expect(await leaks(world, covered)).toEqual([])
  const mounted = world.app.routes.filter(({ method }) => method !== 'ALL')
  const open = mounted.filter(({ path }) => publicPaths.has(path))
  const forPeople = mounted.filter(({ path }) => path.startsWith('/v1/auth/'))
  process.stdout.write(`\n  ${covered.join('\n  ')}\n  open to anyone: ${[...publicPaths].join(' ')}\n`)
  process.stdout.write(
    `  ${covered.length} routes tried, ${open.length} open, ${forPeople.length} for people (a suite of their own), ${mounted.length} mounted\n`,
  )
  expect(covered.length + open.length + forPeople.length).toBe(mounted.length)
  expect(new Set(open.map(({ path }) => path))).toEqual(publicPaths)
  expect(covered.filter((line) => line.includes('no scope'))).toEqual([])
})

test('what operators read needs no more than to look, and what they change more', async () => {
  const world = await createWorld()
  const wrong = routesOf(world)
    .filter(({ path }) => path.startsWith('/v1/admin/'))
    .filter(({ method, scope }) => scope !== (method === 'GET' ? operatorReadScope : operatorScope))
  expect(wrong.map(({ method, path }) => `${method} ${path}`)).toEqual([])
  const elsewhere = routesOf(world).filter(({ path, scope }) => isOperators(scope) && !path.startsWith('/v1/admin/'))
  expect(elsewhere).toEqual([])
})

test('a route that was mounted without its checks is found', async () => {
  const world = await createWorld()
  world.app.get('/v1/leaky/:session_id', (c) => c.json({ session: c.req.param('session_id') }))
  const found = await leaks(world)
  expect(found.filter((line) => !line.includes('/v1/leaky/'))).toEqual([])
  expect(found.join('\n')).toContain("/v1/leaky/:session_id: another tenant's id got 200")
})

test('every route that takes a body refuses what is no body of it', async () => {
  const world = await createWorld()
  const { ours } = world
  const wrong: string[] = []
  for (const { method, path, body, scope } of routesOf(world)) {
    if (method !== 'POST' && method !== 'PATCH') continue
    const attempt = async (what: string, sent: string, type: string, status: number, code: string) => {
      const response = await world.request(keyFor(world, { scope }), method, fill(path, ours.params), sent, {
        'content-type': type,
      })
      const answer = await answerOf(response)
      if (answer.status !== status || answer.code !== code || !answer.isProblem)
        wrong.push(`${method} ${path}: ${what} got ${answer.status} ${answer.text}`)
    }
    const json = 'application/json'
    await attempt('half a body', '{"to": ', json, 400, 'malformed-json')
    await attempt('a list', '[]', json, 422, 'invalid-request')
    await attempt('a number', '1', json, 422, 'invalid-request')
    await attempt('null', 'null', json, 422, 'invalid-request')
    await attempt('an unknown field', JSON.stringify({ ...Object(body), surprise: 1 }), json, 422, 'invalid-request')
    await attempt('text', 'hello', 'text/plain', 415, 'unsupported-media-type')
    await attempt('a form', 'a=1', 'application/x-www-form-urlencoded', 415, 'unsupported-media-type')
    await attempt('more than 1 MiB', JSON.stringify({ a: 'x'.repeat(maxBodyBytes) }), json, 413, 'body-too-large')
    for (const field of Object.keys(Object(body)))
      await attempt(
        `${field} of a wrong type`,
        JSON.stringify({ ...Object(body), [field]: { not: 'this' } }),
        json,
        422,
        'invalid-request',
      )
  }
  expect(wrong).toEqual([])
})

test('every list refuses limits, cursors and parameters that it does not have', async () => {
  const world = await createWorld()
  const wrong: string[] = []
  for (const { method, path, scope } of routesOf(world)) {
    if (method !== 'GET' || path.endsWith('/events')) continue
    const at = fill(path, world.ours.params)
    const key = keyFor(world, { scope })
    const first = await world.request(key, method, at)
    const shown: unknown = path.endsWith('/qr') ? {} : await first.json()
    const isPaged =
      typeof shown === 'object' && shown !== null && 'next_cursor' in shown && !/phones$|undecryptable$/.test(path)
    if (!isPaged) continue
    for (const query of ['limit=0', 'limit=201', 'limit=many', 'limit=1.5', 'cursor=garbage', 'curser=1']) {
      const answer = await answerOf(await world.request(key, method, `${at}?${query}`))
      if (answer.status !== 422 || !answer.isProblem) wrong.push(`${path}?${query} got ${answer.status}`)
    }
  }
  expect(wrong).toEqual([])
})

test('what is not offered is a problem too', async () => {
  const { request, ours } = await createWorld()
  const notFound = await answerOf(await request(ours.key, 'GET', '/v1/nothing'))
  expect(notFound).toMatchObject({ status: 404, code: 'route-not-found', isProblem: true })
  const put = await request(ours.key, 'PUT', `/v1/sessions/${ours.params.session_id}`, {})
  expect(put.headers.get('allow')).toBe('GET, PATCH, DELETE')
  expect(await answerOf(put)).toMatchObject({ status: 405, code: 'method-not-allowed', isProblem: true })
})
