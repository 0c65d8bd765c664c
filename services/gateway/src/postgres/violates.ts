/** Whether a statement was refused by that constraint: what it protects changed a moment ago. */
export function violates(error: unknown, constraint: string): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('constraint_name' in cause && cause.constraint_name === constraint) return true
  return false
}
