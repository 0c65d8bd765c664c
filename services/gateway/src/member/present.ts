import type { Invitation, Member } from '@wagate/api/member.ts'
import type { MemberRow } from '../control/members.ts'
import type { InvitationRow } from './invitations.ts'

export const presentMember = ({ personId, name, email, role, twoFactor, since }: MemberRow): Member => ({
  ...{ id: personId, name, email, role, two_factor: twoFactor, since: since.toISOString() },
})

export const presentInvitation = ({ invitationId, email, role, createdAt, expiresAt }: InvitationRow): Invitation => ({
  ...{ id: invitationId, email, role },
  ...{ created_at: createdAt.toISOString(), expires_at: expiresAt.toISOString() },
})
