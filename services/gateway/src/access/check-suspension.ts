import { DomainError } from '../http/problem.ts'
import type { Caller } from './authenticate.ts'

/** A suspended tenant is told why, and does nothing else. Support may look: why it is suspended, and whether it may go on, is what it looks for. */
export function checkSuspension(
  { tenant, actor }: Pick<Caller, 'tenant' | 'actor'>,
  { whileSuspended = false }: { whileSuspended?: boolean },
): void {
  if (tenant.status === 'active' || whileSuspended || actor.kind === 'support') return
  const reason = tenant.suspension?.reason
  throw new DomainError(
    'tenant-suspended',
    reason === undefined
      ? 'The account is suspended: ask support why.'
      : `The account is suspended, for this reason: ${reason} – Its sessions stay linked and what comes in is kept; ask support.`,
  )
}
