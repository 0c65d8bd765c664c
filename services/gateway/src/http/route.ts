// One request through one route: admit → parse → handle. Every route of the API goes through here, so none can forget a step; the same
// declaration makes the OpenAPI document.
import type { ProblemCode } from '@wagate/api/problems.ts'
import type { Scope } from '@wagate/messages/control.ts'
import type { Context } from 'hono'
import { z } from 'zod'
import type { Client } from '../account/accounts.ts'
import type { OfPersonCall } from '../audit/of-person.ts'
import type { OnRecord, OnRecordCall } from '../audit/on-record.ts'
import type { Admit, ByCaller, ByPerson } from './admit.ts'
import { announce, type Env } from './exchange.ts'
import { explain, summary } from './explain.ts'
import { DomainError, invalid } from './problem.ts'
import type { LimitState } from './rate-limit.ts'
import { checkDeclaredLength, readJson } from './read-json.ts'

type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamNames<Rest>
  : never

type AnswerBody = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null

export type Answer = { description: string; schema?: z.ZodType; contentTypes?: string[] }

/** Of any route. */
export type OpenSpec<Path extends string, Body, Query> = {
  method: 'get' | 'post' | 'patch' | 'delete'
  path: Path
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

/** Of a route that anybody may call, or anybody who is signed in. */
export type PersonSpec<Path extends string, Body, Query> = OpenSpec<Path, Body, Query> & OnRecord

/** Of a route within a tenant. */
export type RouteSpec<Path extends string, Body, Query> = OpenSpec<Path, Body, Query> &
  OnRecord & {
    /** Which scope the key, or the person's role, needs. */
    scope: Scope
    /** Keys that are for some sessions only may call it: it shows and changes nothing of any other session. */
    bySession?: boolean
    /** Only in test mode. */
    testOnly?: boolean
    /** It changes something, and may be called all the same when the account is to be deleted. */
    whileDeleting?: boolean
    /** It may be called when the account is suspended. */
    whileSuspended?: boolean
  }

export type OpenCall<Path extends string, Body, Query> = {
  /** Where the request comes from. */
  client: Client
  requestId: string
  params: Record<ParamNames<Path>, string>
  body: Body
  query: Query
  /** Method, path and `Idempotency-Key` of a POST. */
  origin: { route: string; idempotencyKey: string | undefined }
  header(name: string): string | undefined
  /** Tells of more limits in the `RateLimit` headers, whatever the answer will be. */
  announce(limits: readonly LimitState[]): void
  /** Cuts the connection of a client that does not read its answer. */
  disconnect(): void
  json(status: number, body: unknown, headers?: Record<string, string>): Response
  answer(status: number, body: AnswerBody, headers: Record<string, string>): Response
}

export type Call<Path extends string, Body, Query> = OpenCall<Path, Body, Query> & ByCaller & OnRecordCall
export type PersonCall<Path extends string, Body, Query> = OpenCall<Path, Body, Query> & ByPerson & OfPersonCall
export type AnyonesCall<Path extends string, Body, Query> = OpenCall<Path, Body, Query> & OfPersonCall

export type AnyRouteSpec = RouteSpec<string, unknown, unknown>
export type AnyPersonSpec = PersonSpec<string, unknown, unknown>
export type AnyOpenSpec = OpenSpec<string, unknown, unknown>

type Answering<GivenCall> = (call: GivenCall) => Response | Promise<Response>

/** Declares and mounts one route within a tenant. */
export type Mount = <const Path extends string, Body = undefined, Query = undefined>(
  spec: RouteSpec<Path, Body, Query>,
  handle: Answering<Call<Path, Body, Query>>,
) => void

/** One that takes the token of a sign-in, whatever the tenant. */
export type MountForPeople = <const Path extends string, Body = undefined, Query = undefined>(
  spec: PersonSpec<Path, Body, Query>,
  handle: Answering<PersonCall<Path, Body, Query>>,
) => void

/** One that anybody may call. */
export type MountOpen = <const Path extends string, Body = undefined, Query = undefined>(
  spec: PersonSpec<Path, Body, Query>,
  handle: Answering<AnyonesCall<Path, Body, Query>>,
) => void

const noBody = z.strictObject({}).optional()

/** The Hono handler of a route; `admit` says who calls, or refuses. */
export function pipeline<
  Spec extends OpenSpec<Path, Body, Query>,
  Path extends string,
  Body,
  Query,
  Admitted extends object,
>(
  admit: Admit<Spec, Admitted>,
  clientOf: (c: Context<Env>) => Client,
  spec: Spec,
  handle: Answering<OpenCall<Path, Body, Query> & Admitted>,
) {
  const readsBody = spec.method === 'post' || spec.method === 'patch'
  const bodySchema: z.ZodType = spec.body ?? noBody

  return async (c: Context<Env>): Promise<Response> => {
    const exchange = c.get('exchange')
    exchange.route = spec.path
    const client = clientOf(c)
    exchange.client = client
    const admitted = await admit({ header: (name) => c.req.header(name), client, exchange }, spec)
    const contentLength = c.req.header('content-length')
    if (!readsBody) checkDeclaredLength(contentLength)
    const json = readsBody ? await readJson(c.req.raw, c.req.header('content-type'), contentLength) : undefined
    const call = {
      client,
      requestId: exchange.requestId,
      params: c.req.param() as Record<ParamNames<Path>, string>,
      body: (readsBody ? parse(bodySchema, json) : undefined) as Body,
      query: (spec.query ? parse(spec.query, c.req.query()) : undefined) as Query,
      origin: {
        route: `${c.req.method} ${c.req.path}`,
        idempotencyKey: spec.method === 'post' ? idempotencyKey(c.req.header('idempotency-key')) : undefined,
      },
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
    return handle({ ...call, ...admitted })
  }
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
