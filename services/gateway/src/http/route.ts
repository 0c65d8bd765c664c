// One request through one route: authenticate → limit → authorise → parse → handle. Every route of the API goes through
// here, so none can forget a step; the same declaration makes the OpenAPI document.
import type { ProblemCode } from '@wagate/api/problems.ts'
import type { Scope } from '@wagate/messages/control.ts'
import type { Context } from 'hono'
import { z } from 'zod'
import { type Authenticate, type Caller, checkReach, checkScope } from '../access/authenticate.ts'
import { checkDeletion } from '../access/check-deletion.ts'
import type { AuditLog } from '../audit/log.ts'
import { goOnRecord, type Note, type OnRecord } from '../audit/on-record.ts'
import type { Env, Exchange } from './exchange.ts'
import { explain, summary } from './explain.ts'
import { DomainError, invalid } from './problem.ts'
import { type LimitState, limitHeaders, type TakeRequest } from './rate-limit.ts'
import { checkDeclaredLength, readJson } from './read-json.ts'

type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamNames<Rest>
  : never

type AnswerBody = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null

export type Answer = { description: string; schema?: z.ZodType; contentTypes?: string[] }

export type RouteSpec<Path extends string, Body, Query> = OnRecord & {
  path: Path
  /** Which scope the key needs. */
  scope: Scope
  /** Keys that are for some sessions only may call it: it shows and changes nothing of any other session. */
  bySession?: boolean
  /** Only keys of test mode may call it. */
  testOnly?: boolean
  /** It changes something, and may be called all the same when the account is to be deleted. */
  whileDeleting?: boolean
  tag: string
  summary: string
  description?: string
  body?: z.ZodType<Body>
  query?: z.ZodType<Query>
  headers?: z.ZodObject
  answers: Record<number, Answer>
  /** Beyond those that every route may answer. */
  problems?: readonly ProblemCode[]
}

export type Call<Path extends string, Body, Query> = {
  caller: Caller
  requestId: string
  params: Record<ParamNames<Path>, string>
  body: Body
  query: Query
  /** Method, path and `Idempotency-Key` of a POST; `onAccepted` is told when the first request with that key was accepted. */
  origin: { route: string; idempotencyKey: string | undefined; onAccepted: (at: string) => void }
  /** Adds to the request's entry in the audit log: ids that are not in the path, and harmless facts. */
  note(more: Note): void
  header(name: string): string | undefined
  /** Tells of more limits in the `RateLimit` headers, whatever the answer will be. */
  announce(limits: readonly LimitState[]): void
  /** Cuts the connection of a client that does not read its answer. */
  disconnect(): void
  json(status: number, body: unknown, headers?: Record<string, string>): Response
  answer(status: number, body: AnswerBody, headers: Record<string, string>): Response
}

export type AnyRouteSpec = RouteSpec<string, unknown, unknown>

/** Declares and mounts one route. */
export type Mount = <const Path extends string, Body = undefined, Query = undefined>(
  spec: RouteSpec<Path, Body, Query>,
  handle: (call: Call<Path, Body, Query>) => Response | Promise<Response>,
) => void

export type PipelineDeps = {
  authenticate: Authenticate
  takeRequest: TakeRequest
  monotonicMs: () => number
  audit: AuditLog
  addressOf: (c: Context<Env>) => string
}

const noBody = z.strictObject({}).optional()

/** The Hono handler of a route. */
export function pipeline<Path extends string, Body, Query>(
  deps: PipelineDeps,
  spec: RouteSpec<Path, Body, Query>,
  handle: (call: Call<Path, Body, Query>) => Response | Promise<Response>,
) {
  const readsBody = spec.method === 'post' || spec.method === 'patch'
  const bodySchema: z.ZodType = spec.body ?? noBody

  return async (c: Context<Env>): Promise<Response> => {
    const exchange = c.get('exchange')
    exchange.route = spec.path
    const caller = await admit(c, exchange)
    const contentLength = c.req.header('content-length')
    if (!readsBody) checkDeclaredLength(contentLength)
    const json = readsBody ? await readJson(c.req.raw, c.req.header('content-type'), contentLength) : undefined
    const { requestId } = exchange
    const params = c.req.param() as Record<ParamNames<Path>, string>
    const body = (readsBody ? parse(bodySchema, json) : undefined) as Body
    const query = (spec.query ? parse(spec.query, c.req.query()) : undefined) as Query
    const origin = {
      route: `${c.req.method} ${c.req.path}`,
      idempotencyKey: spec.method === 'post' ? idempotencyKey(c.req.header('idempotency-key')) : undefined,
    }
    const address = deps.addressOf(c)
    const { note, onAccepted, settle } = await goOnRecord(deps.audit, spec, {
      ...{ caller, requestId, params, address, origin },
    })
    const call = {
      ...{ caller, requestId, params, body, query, note },
      origin: { ...origin, onAccepted },
      header: (name: string) => c.req.header(name),
      announce: (limits: readonly LimitState[]) => announce(exchange, limits),
      disconnect: () => c.env?.outgoing?.destroy(),
      json: (status: number, body: unknown, headers?: Record<string, string>) =>
        new Response(JSON.stringify(body), {
          status,
          headers: { ...exchange.headers, 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
        }),
      answer: (status: number, body: AnswerBody, headers: Record<string, string>) =>
        new Response(body, { status, headers: { ...exchange.headers, 'cache-control': 'no-store', ...headers } }),
    }
    return settle(await handle(call))
  }

  async function admit(c: Context<Env>, exchange: Exchange): Promise<Caller> {
    const caller = await deps.authenticate(c.req.header('authorization'), c.req.header('x-api-key'))
    exchange.caller = caller
    const rate = deps.takeRequest(caller.keyId, deps.monotonicMs(), caller.requestsPerSecond)
    announce(exchange, [rate.state])
    if (!rate.allowed)
      throw new DomainError(
        'rate-limited',
        `This API key sends too many requests: wait ${rate.retryAfterSeconds} s, then go on more slowly.`,
        {
          retryAfterSeconds: rate.retryAfterSeconds,
        },
      )
    checkScope(caller, spec.scope)
    checkReach(caller, spec.bySession ?? false)
    checkDeletion(caller, spec)
    if (spec.testOnly && caller.mode !== 'test')
      throw new DomainError(
        'test-key-required',
        'Sandbox phones are for test mode: use a key that starts with wgk_test_.',
      )
    return caller
  }
}

function announce(exchange: Exchange, limits: readonly LimitState[]): void {
  exchange.limits = [...(exchange.limits ?? []), ...limits]
  exchange.headers = { ...exchange.headers, ...limitHeaders(exchange.limits) }
}

function parse<Value>(schema: z.ZodType<Value>, input: unknown): Value {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  if (input === undefined)
    throw new DomainError('invalid-request', 'Send a JSON object as the body.', {
      errors: [{ path: '', message: 'Send a JSON object as the body.' }],
    })
  const errors = explain(result.error, input)
  throw new DomainError('invalid-request', summary(errors), { errors })
}

/** Plain, or quoted as the draft standard has it. */
function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return key
  throw invalid('Idempotency-Key', 'Use 1 to 255 visible ASCII characters, such as a UUID.')
}
