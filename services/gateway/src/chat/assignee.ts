// Who may take care of chats, and whom a request means by `me`.
import { type MemberRecord, memberKey } from '@wagate/messages/control.ts'
import { scopesOfRole } from '@wagate/messages/roles.ts'
import type { Caller } from '../access/authenticate.ts'
import { DomainError, invalid } from '../http/problem.ts'

export type AssigneeDeps = { findMember: (key: string) => MemberRecord | undefined }

/** The filter of a list: the id of a member, null for nobody, undefined for all. */
export function assigneeOf({ actor }: Pick<Caller, 'actor'>, wanted: string | undefined): string | null | undefined {
  if (wanted === 'none') return null
  if (wanted !== 'me') return wanted
  if (actor.kind === 'person') return actor.personId
  throw invalid('assignee', 'An API key is nobody that chats are assigned to: name a member, or write "none".')
}

/** Throws `assignee-refused`. */
export function checkAssignee({ findMember }: AssigneeDeps, { tenantId, tenant }: Caller, personId: string): void {
  const member = findMember(memberKey(tenantId, personId))
  if (!member) throw refused('This is no member of the account: take an id from GET /v1/members.')
  if (!scopesOfRole(tenant, member.role).includes('messages:read'))
    throw refused('The role of this member does not let them read messages: choose somebody else, or change the role.')
}

export const leftMeanwhile = () => refused('This member has just left the account: choose somebody else.')

const refused = (detail: string) => new DomainError('assignee-refused', detail)
