// Every route within a tenant, as an operator with support access meets it: a new one is covered the moment it is mounted.
import { problem } from '@wagate/api/problems.ts'
import { supportToken } from '@wagate/api/support.ts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createWorld, type World } from './fakes/world.ts'

/** A clock that runs so fast that no rate is exceeded. */
function hurrying(): () => number {
  let ms = 0
  return () => {
    ms += 1_000
    return ms
  }
}

/** All that support may look at. Whoever adds a route here says that it shows no message, no chat and nothing that lets somebody in. */
const shown = [
  'GET /v1/service-levels',
  'GET /v1/sessions',
  'GET /v1/sessions/{session_id}',
  'GET /v1/sessions/{session_id}/health',
  'GET /v1/sessions/{session_id}/timeline',
  'GET /v1/webhooks',
  'GET /v1/webhooks/{webhook_id}',
  'GET /v1/webhooks/{webhook_id}/deliveries',
  'GET /v1/webhooks/{webhook_id}/deliveries/{delivery_id}',
  'GET /v1/plan',
  'GET /v1/plans',
  'GET /v1/retention',
  'GET /v1/tenant',
  'GET /v1/tenant/deletion',
  'GET /v1/roles',
  'GET /v1/members',
  'GET /v1/invitations',
  'GET /v1/usage',
  'GET /v1/analytics/messages',
  'GET /v1/audit-log',
  'GET /v1/audit-log/verification',
  'GET /v1/support-accesses',
]

function routesOf({ app }: World) {
  return app.openAPIRegistry.definitions
    .flatMap((definition) => (definition.type === 'route' ? [definition.route] : []))
    .filter(({ security }) => security?.[0]?.apiKey !== undefined)
    .map(({ method, path, request }) => {
      const media = request?.body?.content?.['application/json']
      const schema = media && 'schema' in media ? media.schema : undefined
      const hasBody = method === 'post' || method === 'patch'
      const body = hasBody && schema instanceof z.ZodType ? (schema.meta()?.example ?? {}) : undefined
      return { name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, body }
    })
}

const fill = (path: string, params: Record<string, string>) =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? name)

async function tokenFor(world: World, { tenant_id = '', access_id = '' }: Record<string, string>): Promise<string> {
  const path = `/v1/admin/tenants/${tenant_id}/support-accesses/${access_id}/tokens`
  const answer = await world.request(world.operatorKey, 'POST', path, { mode: 'test' })
  return supportToken.parse(await answer.json()).token
}

/** What each route answers to that token, except with a success. */
async function codesOf(world: World, token: string): Promise<Map<string, string | undefined>> {
  const codes = new Map<string, string | undefined>()
  for (const { name, method, path, body } of routesOf(world)) {
    const answer = await world.request(token, method, fill(path, world.ours.params), body)
    if (answer.status < 400) continue
    codes.set(name, problem.safeParse(await answer.json()).data?.code)
  }
  return codes
}

test('support looks at what is listed here, and every other route refuses it, each that writes among them', async () => {
  const world = await createWorld({ monotonicMs: hurrying() })
  const codes = await codesOf(world, await tokenFor(world, world.ours.params))
  const names = routesOf(world).map(({ name }) => name)
  expect(names.filter((name) => !codes.has(name)).toSorted()).toEqual(shown.toSorted())
  expect([...codes].filter(([, code]) => code !== 'permission-missing')).toEqual([])
})

test('an access that was ended, or whose time is over, is refused on every route', async () => {
  let at = new Date('2026-11-21T12:00:00Z')
  const world = await createWorld({ now: () => at, monotonicMs: hurrying() })
  const names = routesOf(world).map(({ name }) => name)
  const all = new Map(names.map((name) => [name, 'api-key-invalid']))
  const token = await tokenFor(world, world.ours.params)
  const path = `/v1/support-accesses/${world.ours.params.access_id}`
  expect((await world.request(world.ours.key, 'DELETE', path)).status).toBe(204)
  expect(await codesOf(world, token)).toEqual(all)

  const { tenantId } = world.ours
  const operator = {
    operatorsId: world.operatorsId,
    operatorKind: 'key',
    operatorId: world.operatorKey.split('_')[2] ?? '',
  } as const
  const { accessId } = world.support.open(tenantId, { ...operator, reason: 'why', minutes: 5 })
  const brief = await tokenFor(world, { tenant_id: tenantId, access_id: accessId })
  expect((await world.request(brief, 'GET', '/v1/sessions')).status).toBe(200)
  at = new Date(at.getTime() + 5 * 60_000)
  expect(await codesOf(world, brief)).toEqual(all)
})

test("a token for one account shows nothing of another, and its test mode nothing of the live one's", async () => {
  const world = await createWorld()
  const token = await tokenFor(world, world.ours.params)
  for (const params of [world.theirs.params, world.ours.liveParams]) {
    const answer = await world.request(token, 'GET', `/v1/sessions/${params.session_id}`)
    expect(problem.parse(await answer.json()).code).toBe('session-not-found')
  }
})
