// One request to the API over `fetch`: JSON there and back, problems as errors.
import type { Problem } from './problems.ts'

/** An answer with a status of 400 and above. `problem.code` is from the closed list in `problems.ts`. */
export class ApiError extends Error {
  readonly problem: Problem
  /** Seconds to wait before trying again, when the API says so. */
  readonly retryAfter: number | undefined
  constructor(problem: Problem, retryAfter: number | undefined) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`)
    this.name = 'ApiError'
    this.problem = problem
    this.retryAfter = retryAfter
  }
}

export type Query = Record<string, string | number | undefined>
type Request = {
  body?: unknown
  query?: Query
  signal?: AbortSignal
  idempotencyKey?: string
  headers?: Record<string, string>
}

export type CallConfig = {
  /** Without a path: `http://127.0.0.1:8080`. */
  baseUrl: string
  /** An API key or a token; what is open to anybody needs none. */
  credential?: string
  fetch?: typeof fetch
}
export type Call = ReturnType<typeof caller>

export function caller(config: CallConfig) {
  const send = config.fetch ?? fetch
  const request = async (method: string, path: string, request: Request = {}): Promise<Response> => {
    const url = new URL(path, config.baseUrl)
    for (const [name, value] of Object.entries(request.query ?? {}))
      if (value !== undefined) url.searchParams.set(name, String(value))
    const response = await send(url, {
      method,
      headers: {
        ...(config.credential !== undefined && { authorization: `Bearer ${config.credential}` }),
        accept: 'application/json',
        ...(request.body !== undefined && { 'content-type': 'application/json' }),
        ...(request.idempotencyKey !== undefined && { 'idempotency-key': request.idempotencyKey }),
        ...request.headers,
      },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
      ...(request.signal && { signal: request.signal }),
    })
    if (response.ok) return response
    throw await apiError(response)
  }
  return {
    request,
    json: async <Answer>(method: string, path: string, options?: Request) =>
      (await (await request(method, path, options)).json()) as Answer,
    empty: async (method: string, path: string, body?: unknown): Promise<void> => {
      await (await request(method, path, { body })).arrayBuffer()
    },
    stream: async (path: string, accept: string, query: Query = {}) =>
      (await request('GET', path, { query, headers: { accept } })).body,
    bytes: async (path: string, accept: string, query: Query = {}) =>
      new Uint8Array(await (await request('GET', path, { query, headers: { accept } })).arrayBuffer()),
  }
}

async function apiError(response: Response): Promise<ApiError> {
  const text = await response.text()
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new ApiError(problemOf(response, text), Number.isFinite(retryAfter) ? retryAfter : undefined)
}

/** A proxy in between may answer with something else than a problem: it is told as one. */
function problemOf(response: Response, text: string): Problem {
  if (response.headers.get('content-type')?.startsWith('application/problem+json')) return JSON.parse(text) as Problem
  const status = response.status
  return {
    type: 'about:blank',
    code: 'internal',
    title: response.statusText,
    status,
    detail: `The answer (${status}) is not from the API.`,
    request_id: response.headers.get('x-request-id') ?? '',
  }
}
