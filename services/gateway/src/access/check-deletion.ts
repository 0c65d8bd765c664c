import { DomainError } from '../http/problem.ts'
import type { Caller } from './authenticate.ts'

/** A tenant that is to be deleted is read, and changed no more. */
export function checkDeletion(
  { tenant }: Pick<Caller, 'tenant'>,
  { method, whileDeleting = false }: { method: string; whileDeleting?: boolean },
): void {
  if (tenant.deletesAt === undefined || method === 'get' || whileDeleting) return
  throw new DomainError(
    'tenant-deleting',
    `The account is deleted on ${tenant.deletesAt}: until then it can be read and exported. An owner can take that back: DELETE /v1/tenant/deletion.`,
  )
}
