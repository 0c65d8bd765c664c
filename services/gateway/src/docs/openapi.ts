// Route declarations → OpenAPI 3.1.

import type { OpenAPIHono } from '@hono/zod-openapi'
import { type ProblemCode, problem, problems } from '@wagate/api/problems.ts'
import { z } from 'zod'
import type { Env } from '../http/exchange.ts'
import type { Answer, AnyOpenSpec, AnyRouteSpec } from '../http/route.ts'

type RouteConfig = Parameters<OpenAPIHono<Env>['openAPIRegistry']['registerPath']>[0]

/** How a success of the route is called in the audit log; null when it is not there. */
export const auditExtension = 'x-audit-action'

/** What any route may answer, whatever it does. */
const everywhere: ProblemCode[] = ['invalid-request', 'rate-limited', 'internal']
const withinTenant: ProblemCode[] = [
  ...(['api-key-missing', 'api-key-invalid', 'scope-missing', 'permission-missing', 'tenant-suspended'] as const),
]
const forPeople: ProblemCode[] = ['sign-in-needed', 'views-unavailable']
const forAnyone: ProblemCode[] = ['views-unavailable']
const withBody: ProblemCode[] = ['malformed-json', 'unsupported-media-type', 'body-too-large', 'broker-unavailable']
const onPost: ProblemCode[] = ['idempotency-key-reused', 'request-in-progress']

export type Audience = 'tenant' | 'people' | 'anyone'

export function pathOf(spec: AnyOpenSpec | AnyRouteSpec, audience: Audience): RouteConfig {
  const names = [...spec.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const params = z.object(Object.fromEntries(names.map((name) => [name, z.string()])))
  const headers = headersOf(spec, audience)
  return {
    method: spec.method,
    path: spec.path,
    tags: [spec.tag],
    summary: spec.summary,
    ...(spec.description !== undefined && { description: spec.description }),
    operationId: operationId(spec),
    ...(spec.method !== 'get' && { [auditExtension]: ('audit' in spec && spec.audit) || null }),
    security: securityOf(spec, audience),
    request: {
      ...(names.length > 0 && { params }),
      ...(spec.query instanceof z.ZodObject && { query: spec.query }),
      ...(headers && { headers }),
      ...(spec.body && {
        body: { required: !spec.body.isOptional(), content: { 'application/json': { schema: spec.body } } },
      }),
    },
    responses: { ...answersOf(spec.answers), ...problemsOf(spec, audience) },
  }
}

function securityOf(spec: AnyOpenSpec | AnyRouteSpec, audience: Audience): Record<string, string[]>[] {
  if (audience === 'anyone') return []
  if (audience === 'people') return [{ signIn: [] }]
  return 'scope' in spec ? [{ apiKey: [spec.scope] }] : []
}

const idempotencyHeader = z.object({
  'Idempotency-Key': z.string().max(255).optional().meta({
    description:
      'The same key and body within 24 hours get the first answer again, marked with `Idempotent-Replayed: true`.',
  }),
})

function headersOf(spec: AnyOpenSpec, audience: Audience): z.ZodObject | undefined {
  return spec.method === 'post' && audience === 'tenant' ? idempotencyHeader : spec.headers
}

function answersOf(answers: Record<number, Answer>): RouteConfig['responses'] {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, contentTypes = ['application/json'] }]) => [
      status,
      schema
        ? { description, content: Object.fromEntries(contentTypes.map((type) => [type, mediaOf(type, schema)])) }
        : { description },
    ]),
  )
}

const textFiles = new Set(['text/csv', 'application/x-ndjson'])

const mediaOf = (type: string, schema: z.ZodType) => {
  if (type.startsWith('image/')) return { schema: { type: 'string' as const, format: 'binary' } }
  return textFiles.has(type) ? { schema: { type: 'string' as const } } : { schema }
}

const byAudience: Record<Audience, ProblemCode[]> = { tenant: withinTenant, people: forPeople, anyone: forAnyone }

function problemsOf(spec: AnyOpenSpec | AnyRouteSpec, audience: Audience): RouteConfig['responses'] {
  const codes = [
    ...(spec.problems ?? []),
    ...byAudience[audience],
    ...everywhere,
    ...(spec.method === 'post' || spec.method === 'patch' ? withBody : []),
    ...(spec.method === 'post' && audience === 'tenant' ? onPost : []),
    ...('testOnly' in spec && spec.testOnly ? (['test-key-required'] as const) : []),
  ]
  const byStatus = Map.groupBy(new Set(codes), (code) => problems[code].status)
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, list]) => [
        status,
        {
          description: list.map((code) => `\`${code}\`: ${problems[code].title}.`).join(' '),
          content: { 'application/problem+json': { schema: problem } },
        },
      ]),
  )
}

/** `get /v1/sessions/{session_id}/qr` → `get_sessions_qr`. */
const operationId = ({ method, path }: AnyOpenSpec): string =>
  [
    method,
    ...path
      .split('/')
      .slice(2)
      .map((part) => part.replace(/^\{(\w+)_id\}$/, 'by_id').replaceAll('-', '_')),
  ].join('_')

/** Names the way to authenticate; once per app. */
export function registerSecurity(app: OpenAPIHono<Env>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key: `wgk_test_…` works on test sessions and the sandbox, `wgk_live_…` on live sessions. Also accepted in the header `X-Api-Key`. The scope that a route needs is named with it. A person comes with the token of `POST /v1/auth/tokens` instead.',
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'signIn', {
    type: 'http',
    scheme: 'bearer',
    description: 'What a person has after signing in: `wgs_…`.',
  })
}

export function openApiDocument(app: OpenAPIHono<Env>, publicUrl: string) {
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Wagate',
      version: '1',
      description:
        'Link WhatsApp accounts, send and receive messages. Errors are RFC 9457 problems with a code from a closed list, each with a page. Lists are newest first with opaque cursors. Every POST within an account takes an `Idempotency-Key`.',
      license: { name: 'MIT' },
    },
    servers: [{ url: publicUrl }],
  })
}
