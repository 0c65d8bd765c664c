// How many streams an account has open on this gateway.
import { DomainError } from '../http/problem.ts'

/** Counts one more, or throws `too-many-streams`; what it returns counts it out again, once. */
export function limitStreams(maxPerTenant: number): (tenantId: string) => () => void {
  const open = new Map<string, number>()
  return (tenantId) => {
    const count = open.get(tenantId) ?? 0
    if (count >= maxPerTenant)
      throw new DomainError(
        'too-many-streams',
        `This account has ${count} event streams open, the most it may have: close one first.`,
        { retryAfterSeconds: 10 },
      )
    open.set(tenantId, count + 1)
    let released = false
    return () => {
      if (released) return
      released = true
      const left = (open.get(tenantId) ?? 1) - 1
      if (left > 0) open.set(tenantId, left)
      else open.delete(tenantId)
    }
  }
}
