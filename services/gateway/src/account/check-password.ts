import { invalid } from '../http/problem.ts'
import { normalized, objectionTo } from './password.ts'

/** The password as it is hashed. Throws `invalid-request`, saying what to change. */
export function checkNewPassword(path: string, password: string, about: readonly string[]): string {
  const objection = objectionTo(password, about)
  if (objection) throw invalid(path, objection)
  return normalized(password)
}
