import { problems, SandboxProblem } from '../problems.ts'

/** RFC 9457. An unknown error says nothing but that it happened. */
export function problemResponse(error: unknown): Response {
  const problem =
    error instanceof SandboxProblem ? error : new SandboxProblem('internal', 'The sandbox has a bug here.')
  const { status, title } = problems[problem.code]
  const body = { type: `/problems/${problem.code}`, code: problem.code, title, status, detail: problem.message }
  const headers = new Headers({ 'content-type': 'application/problem+json' })
  // The rest of such a body is never read, so the connection cannot carry another request.
  if (problem.code === 'body-too-large') headers.set('connection', 'close')
  return new Response(JSON.stringify(body), { status, headers })
}
