// What an action of a page with several forms answers: which of them it was, and how it went.
import { type ActionFailure, fail, type RequestEvent } from '@sveltejs/kit'
import type { Client } from '@wagate/api/client.ts'
import { account } from '#lib/server/account.ts'
import { type FormProblem, problemOf } from '#lib/server/problem.ts'

type Refused = { form: string; problem: FormProblem; values: Record<string, string> }

/** Does it and tells what it made; refused, the form gets back `values`, which must hold no secret. */
export async function act<Told extends object>(
  form: string,
  deed: () => Promise<Told>,
  values: Record<string, string> = {},
): Promise<({ done: string } & Told) | ActionFailure<Refused>> {
  try {
    return { done: form, ...(await deed()) }
  } catch (error) {
    const { status, problem } = problemOf(error)
    return fail(status, { form, problem, values })
  }
}

/** For a deed whose answer nobody needs to see. */
export const silently = (answer: Promise<unknown>): Promise<Record<never, never>> => answer.then(() => ({}))

/** The same in the account of the page, for a deed whose answer nobody needs to see. */
export async function actIn(
  event: RequestEvent,
  form: string,
  deed: (api: Client) => Promise<unknown>,
  values?: Record<string, string>,
) {
  const api = await account(event)
  return act(form, () => silently(deed(api)), values)
}
