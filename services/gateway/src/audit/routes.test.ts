// Every route that is not a GET leaves exactly the entry that it declares; a new route is covered the moment it is mounted.
import type { AuditRecord } from '@wagate/api/audit.ts'
import type { Page } from '@wagate/api/paging.ts'
import { operatorScope, ownerScope, type Scope } from '@wagate/messages/control.ts'
import { BrokerUnavailable } from '@wagate/runtime/errors.ts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { auditExtension } from '../docs/openapi.ts'
import { createWorld, type World } from '../fakes/world.ts'

type Declared = {
  method: string
  path: string
  scope: Scope | undefined
  action: string | null | undefined
  body: unknown
}

/** Bodies and states that the examples of the schemas do not give. */
const prepared: Record<string, (world: World) => Promise<unknown> | unknown> = {
  'post /v1/sessions/{session_id}/pairing-code': async (world) => {
    const { tenantId, params } = world.ours
    await world.setState(tenantId, params.session_id, { status: 'awaiting_qr', account: undefined })
    return { phone: '+999100200300' }
  },
  'post /v1/exports': (world) => {
    world.jobs.rows.length = 0
  },
  'post /v1/tenant/deletion': () => ({ name: 'a tenant' }),
  'delete /v1/tenant/deletion': (world) =>
    world.deps.deletions.begin(world.ours.tenantId, { graceMs: 1_000, requestedBy: 'operator' }),
  'delete /v1/admin/tenants/{tenant_id}/deletion': (world) =>
    world.deps.deletions.begin(world.ours.tenantId, { graceMs: 1_000, requestedBy: 'operator' }),
  'post /v1/admin/tenants/{tenant_id}/refuse-plan': (world) =>
    world.deps.plans.wish(world.ours.tenantId, 'pro', 'key:1'),
  'post /v1/tenant/ownership': ({ ours }) => ({ person_id: ours.params.person_id }),
  'post /v1/sandbox/phones/{phone_id}/scan': () => ({ qr: '2@qr' }),
  'post /v1/sandbox/phones/{phone_id}/enter-code': () => ({ code: 'ABCD-EFGH' }),
  'post /v1/sessions/{session_id}/messages/{message_id}/cancel': (world) => {
    for (const message of world.messages) message.status = 'accepted'
  },
}

function callerFor({ ours, operatorKey }: World, route: string, scope: Scope | undefined) {
  if (scope === operatorScope) return { key: operatorKey, kind: 'operator' }
  if (scope === ownerScope) return { key: ours.ownerToken, kind: 'person' }
  return { key: route === 'patch /v1/retention' ? ours.liveKey : ours.key, kind: 'key' }
}

function declared({ app }: World): Declared[] {
  return app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route' || definition.route.method === 'get') return []
    // What is for people belongs to no tenant; what they do to one is told by its own tests.
    if (!definition.route.security?.[0]?.apiKey) return []
    const { method, path, security, request } = definition.route
    const media = request?.body?.content?.['application/json']
    const schema = media && 'schema' in media ? media.schema : undefined
    const body = schema instanceof z.ZodType ? (schema.meta()?.example ?? {}) : undefined
    const action = definition.route[auditExtension] as string | null | undefined
    return [{ method, path, scope: security?.[0]?.apiKey?.[0] as Scope | undefined, action, body }]
  })
}

test('each route that is not a GET leaves the entry that it declares, and no other', async () => {
  const wrong: string[] = []
  const first = await createWorld()
  const routes = declared(first)
  const mounted = first.app.routes.filter(
    ({ method, path }) => method !== 'GET' && method !== 'ALL' && !path.startsWith('/v1/auth/'),
  )
  expect(mounted.length).toBe(routes.length)
  for (const { method, path, scope, action, body: example } of routes) {
    const world = await createWorld()
    const route = `${method} ${path}`
    const body = prepared[route] ? await prepared[route](world) : example
    const { key, kind } = callerFor(world, route, scope)
    const params: Record<string, string> = world.ours.params
    const at = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? name)
    const answer = await world.request(key, method.toUpperCase(), at, method === 'delete' ? undefined : body)
    const text = await answer.text()
    if (answer.status >= 400) wrong.push(`${route}: could not be tried: ${text}`)
    const left = world.onRecord.published
    if (action === undefined) wrong.push(`${route}: does not say whether it goes on record`)
    // What an operator does to an account is in that one's log as well.
    const logs = new Map(left.map((entry) => [entry.tenantId, entry.action]))
    if (logs.size !== left.length || [...new Set(logs.values())].join() !== (action ?? ''))
      wrong.push(`${route}: left ${JSON.stringify(left)}`)
    for (const entry of left) {
      if (entry.targets.length === 0) wrong.push(`${route}: says not to what it was done`)
      if (entry.route !== `${method.toUpperCase()} ${path}`) wrong.push(`${route}: is told as ${entry.route}`)
      if (entry.actor.kind !== kind || (kind !== 'person' && !key.includes(entry.actor.id ?? '?')))
        wrong.push(`${route}: was done by ${JSON.stringify(entry.actor)}`)
      const secrets = [...text.matchAll(/"(?:api_key|secret|token|qr|code|phone)":"([^"]+)"/g)].map(
        ([, secret]) => secret,
      )
      const shown = JSON.stringify(entry)
      for (const secret of [...secrets, '+999', key])
        if (secret && shown.includes(secret)) wrong.push(`${route}: tells ${secret}`)
    }
  }
  expect(wrong).toEqual([])
})

test('a request that was refused leaves no entry', async () => {
  const world = await createWorld()
  const { ours } = world
  const calls: [string, string, unknown?][] = [
    ['DELETE', '/v1/sessions/ses_none'],
    ['POST', '/v1/webhooks', { url: 'http://10.0.0.1/' }],
    ['POST', '/v1/sessions', { name: 1 }],
    ['DELETE', `/v1/webhooks/${world.theirs.params.webhook_id}`],
  ]
  for (const [method, path, body] of calls)
    expect((await world.request(ours.key, method, path, body)).status).toBeGreaterThanOrEqual(400)
  expect(world.onRecord.published).toEqual([])
})

test('a repeat with the same Idempotency-Key is the same entry; the key used anew is another one', async () => {
  let now = new Date('2026-11-21T10:00:00Z')
  const world = await createWorld({ now: () => now })
  const create = (path: string, body: unknown) =>
    world.request(world.ours.key, 'POST', path, body, { 'idempotency-key': 'once' })
  for (const [path, body] of [
    ['/v1/sessions', {}],
    ['/v1/api-keys', { scopes: ['sandbox'] }],
    [`/v1/sessions/${world.ours.params.session_id}/restart`, undefined],
  ] as const) {
    world.onRecord.published.length = 0
    await create(path, body)
    now = new Date(now.getTime() + 3_600_000)
    await create(path, body)
    const [first, again] = world.onRecord.published
    expect(again?.id, path).toBe(first?.id)
    expect(again?.targets).toEqual(first?.targets)
    // A day later the record of the key is forgotten.
    for await (const key of world.idempotency.keys()) await world.idempotency.delete(key)
    await create(path, body)
    expect(world.onRecord.published[2]?.id).not.toBe(first?.id)
  }
})

test('when the entry cannot be stored the answer says so, and the repeat stores it', async () => {
  const world = await createWorld()
  const { audit } = world.deps
  const { record } = audit
  let isAway = true
  audit.record = async (entry) => {
    if (isAway) throw new BrokerUnavailable('timeout', { mayHaveHappened: true })
    await record(entry)
  }
  const headers = { 'idempotency-key': 'k' }
  const post = () => world.request(world.ours.key, 'POST', '/v1/sessions', {}, headers)
  expect((await post()).status).toBe(503)
  isAway = false
  const answer = await post()
  const { id } = (await answer.json()) as { id: string }
  expect(answer.status).toBe(201)
  expect(world.onRecord.published).toMatchObject([{ action: 'session.created', targets: [id] }])
})

async function history() {
  const world = await createWorld()
  const { ours } = world
  const made = (await (await world.request(ours.key, 'POST', '/v1/api-keys', { scopes: ['sandbox'] })).json()) as {
    id: string
  }
  await world.request(ours.liveKey, 'POST', '/v1/sessions', {})
  await world.request(ours.key, 'DELETE', `/v1/api-keys/${made.id}`)
  await world.request(world.theirs.key, 'POST', '/v1/sessions', {})
  const list = async (key: string, query = '') =>
    (await (await world.request(key, 'GET', `/v1/audit-log${query}`)).json()) as Page<AuditRecord>
  return { world, list, keyId: made.id }
}

test('the log is newest first, and holds nothing of another tenant', async () => {
  const { world, list } = await history()
  const { data } = await list(world.ours.liveKey)
  expect(data.map(({ number, action }) => `${number} ${action}`)).toEqual([
    ...['3 api_key.revoked', '2 session.created', '1 api_key.created'],
  ])
  expect(data.every(({ tenant_id }) => tenant_id === world.ours.tenantId)).toBe(true)
})

test('filters and pages narrow it down', async () => {
  const { world, list, keyId } = await history()
  const key = world.ours.liveKey
  const numbers = async (query: string) => (await list(key, query)).data.map(({ number }) => number)
  expect(await numbers('?action=session.created')).toEqual([2])
  expect(await numbers(`?target=${keyId}`)).toEqual([3, 1])
  expect(await numbers(`?actor=${key.split('_')[2]}`)).toEqual([2])
  expect(await numbers('?mode=test')).toEqual([3, 1])
  expect(await numbers('?after=1')).toEqual([3, 2])
  expect(await numbers('?since=2100-01-01T00:00:00Z')).toEqual([])
  const page = await list(key, '?limit=2')
  expect((await list(key, `?limit=2&cursor=${page.next_cursor}`)).data.map(({ number }) => number)).toEqual([1])
  expect((await world.request(key, 'GET', `/v1/audit-log?mode=test&cursor=${page.next_cursor}`)).status).toBe(422)
  expect((await world.request(key, 'GET', '/v1/audit-log?action=session.creatd')).status).toBe(422)
})

test('a test key sees the changes of test mode only', async () => {
  const { world, list } = await history()
  expect((await list(world.ours.key)).data.map(({ number }) => number)).toEqual([3, 1])
  expect((await list(world.ours.key, '?mode=live')).data).toEqual([])
})

test('exports and verifications have a rate of their own', async () => {
  const world = await createWorld({ monotonicMs: () => 0 })
  const answers = []
  for (let n = 0; n < 21; n++) answers.push(await world.request(world.ours.key, 'GET', '/v1/audit-log/verification'))
  expect(answers.map(({ status }) => status)).toEqual([...Array(20).fill(200), 429])
  expect(answers.at(-1)?.headers.get('retry-after')).toBe('1')
})
