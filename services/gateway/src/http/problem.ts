// Saying no. Code below the routes throws DomainError with a code; only this file knows what that is in HTTP.
import { type Problem, type ProblemCode, problems } from '@wagate/api/problems.ts'

export type FieldError = { path: string; message: string }
type Details = { errors?: FieldError[]; retryAfterSeconds?: number; headers?: Record<string, string>; cause?: unknown }

/** `detail` is a sentence for the customer that says what to change; `cause` is for our log. */
export class DomainError extends Error {
  readonly code: ProblemCode
  readonly errors: FieldError[] | undefined
  readonly headers: Record<string, string>
  constructor(code: ProblemCode, detail: string, details: Details = {}) {
    super(detail, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'DomainError'
    this.code = code
    this.errors = details.errors
    this.headers = {
      ...details.headers,
      ...(details.retryAfterSeconds !== undefined && { 'retry-after': String(details.retryAfterSeconds) }),
    }
  }
}

export const invalid = (path: string, message: string): DomainError =>
  new DomainError('invalid-request', `${path}: ${message}`, { errors: [{ path, message }] })

/** The problem+json answer; `headers` are those that every answer carries. */
export function problemResponse(error: DomainError, requestId: string, headers: Record<string, string>): Response {
  const { status, title } = problems[error.code]
  const body: Problem = {
    type: `/problems/${error.code}`,
    code: error.code,
    title,
    status,
    detail: error.message,
    request_id: requestId,
    ...(error.errors && { errors: error.errors }),
  }
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, ...error.headers, 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  })
}
