// Problems of the API, shown as the API tells them: what is wrong and what to change.

import { fail } from '@sveltejs/kit'
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
