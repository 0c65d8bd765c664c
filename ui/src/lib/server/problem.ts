// Problems of the API, shown as the API tells them: what is wrong and what to change.

import { error, fail } from '@sveltejs/kit'
import { ApiError } from '@wagate/api/call.ts'

export type FormProblem = {
  code: string
  title: string
  detail: string
  /** By name of the field. */
  fields: Record<string, string>
}

/** What a form shows above itself and beside its fields. Throws whatever is no answer of the API. */
export function problemOf(error: unknown): { status: number; problem: FormProblem } {
  if (!(error instanceof ApiError)) throw error
  const { status, code, title, detail, errors = [] } = error.problem
  const fields = Object.fromEntries(errors.map(({ path, message }) => [path, message]))
  return { status, problem: { code, title, detail, fields } }
}

/** For actions: the form again, with what was written into it but for secrets. */
export function refuse(error: unknown, values: Record<string, string> = {}) {
  const { status, problem } = problemOf(error)
  return fail(status, { problem, values })
}

/** For loads: what the API answers, or the page that tells why there is nothing to show. */
export const orError = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
  answer.catch((cause: unknown) => {
    if (!(cause instanceof ApiError)) throw cause
    const { status, code, title, detail } = cause.problem
    error(status, { message: title, code, detail })
  })

/** For loads: what the API answers, or undefined where there is no such thing, or not for this person. */
export const orNothing = <Answer>(answer: Promise<Answer>): Promise<Answer | undefined> =>
  answer.catch((cause: unknown) => {
    if (cause instanceof ApiError && [403, 404, 409].includes(cause.problem.status)) return undefined
    throw cause
  })

/** For pages that ask the API for nothing by which it could refuse. */
export function mustHave(scopes: readonly string[], scope: string): void {
  if (!scopes.includes(scope)) error(403, { message: `Your role does not have ${scope}.`, code: 'permission-missing' })
}
