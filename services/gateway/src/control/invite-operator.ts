// Operators are asked to join from the command line as well: the first of them, whom nobody else could ask, and when nobody is left.
import type { Role } from '@wagate/messages/control.ts'
import type { AuditLog } from '../audit/log.ts'
import { invitationLink } from '../mail/links.ts'
import type { QueueMail } from '../mail/mail.ts'
import { type Invitations, invitationDays } from '../member/invitations.ts'
import type { MemberControl } from './members.ts'
import type { OperatorControl } from './operators.ts'

export type InviteOperatorDeps = {
  operators: Pick<OperatorControl, 'account'>
  members: Pick<MemberControl, 'list'>
  invitations: Pick<Invitations, 'create'>
  record: AuditLog['record']
  queueMail: QueueMail
  dashboardUrl: string
  /** Whether the gateways have a mail server. */
  mailLeaves: boolean
}
/** As somebody whom no mail reached can go on from; the link says where to sign in, and lets nobody in. */
export type InvitedOperator = {
  tenant_id: string
  invitation_id: string
  role: Role
  expires_at: string
  link: string
  mail: string
  next: string
}
export type InviteOperator = (asked: { email: string; role?: Role | undefined }) => Promise<InvitedOperator>

export function createInviteOperator(deps: InviteOperatorDeps): InviteOperator {
  return async ({ email, role: asked }) => {
    const { tenantId, name } = await deps.operators.account()
    const present = await deps.members.list(tenantId)
    if (present.some((member) => member.email === email)) throw new Error('this address is an operator’s already')
    const role = asked ?? (present.some((member) => member.role === 'owner') ? 'admin' : 'owner')
    const made = await deps.invitations.create({ tenantId, email, role, invitedBy: 'command_line' })
    const link = invitationLink(deps.dashboardUrl, made.invitationId)
    await deps.queueMail({
      ...{ to: email, kind: 'invitation', tenantName: name, inviterName: 'Wagate', role, link },
      validDays: invitationDays,
    })
    const actor = { kind: 'operator', id: 'command_line' } as const
    const targets = [made.invitationId]
    await deps.record({ tenantId, actor, action: 'member.invited', targets, changes: { role } })
    return {
      ...{
        tenant_id: tenantId,
        invitation_id: made.invitationId,
        role,
        expires_at: made.expiresAt.toISOString(),
        link,
      },
      mail: deps.mailLeaves
        ? 'is on its way'
        : 'waits: SMTP_URL and MAIL_FROM are not set. Signing up needs a mail too; until then work with a key: operator create --name <name>',
      next: 'they sign up or sign in with this address, accept the invitation, and switch on a second factor',
    }
  }
}
