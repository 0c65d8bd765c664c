import type { MemberChange } from '../control/members.ts'
import { DomainError } from '../http/problem.ts'

export const unknownMember = () =>
  new DomainError('member-not-found', 'There is no member with this id: see GET /v1/members.')

/** Throws why a membership was not changed. */
export function settle(change: MemberChange): void {
  if (change === 'unknown') throw unknownMember()
  if (change === 'last_owner')
    throw new DomainError('last-owner', 'This is the only owner: make somebody else an owner first.')
}
