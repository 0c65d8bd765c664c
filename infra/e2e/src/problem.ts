import { ApiError } from '@wagate/api/call.ts'
import type { Problem } from '@wagate/api/problems.ts'

/** The problem that a call is answered with. Throws when it succeeds, or fails in another way. */
export async function problemOf(call: Promise<unknown>): Promise<Problem> {
  try {
    await call
  } catch (error) {
    if (error instanceof ApiError) return error.problem
    throw error
  }
  throw new Error('the call succeeded')
}
