// The operator makes an account for a customer, whose owner gets a mail and joins with it.
import type { CreateAdminTenant, NewAdminTenant } from '@wagate/api/admin-tenant.ts'
import type { Control, Terms } from '../control/manage.ts'
import { invitationLink } from '../mail/links.ts'
import type { QueueMail } from '../mail/mail.ts'
import { type Invitations, invitationDays } from '../member/invitations.ts'
import { overridesOfAgreed } from '../plan/agreed.ts'

export type CreateDeps = {
  control: Pick<Control, 'createTenant'>
  invitations: Pick<Invitations, 'create'>
  queueMail: QueueMail
  dashboardUrl: string
}

export const termsIn = ({
  plan = 'basic',
  limits = {},
  monthly_price_cents,
}: Pick<CreateAdminTenant, 'plan' | 'limits' | 'monthly_price_cents'>): Terms => ({
  ...{ plan, overrides: overridesOfAgreed(limits) },
  ...(monthly_price_cents !== undefined && { monthlyPriceCents: monthly_price_cents }),
})

export async function createForCustomer(deps: CreateDeps, asked: CreateAdminTenant, invitedBy: string) {
  const { tenantId } = await deps.control.createTenant(asked.name, termsIn(asked))
  const email = asked.owner_email
  return { tenantId, invitation: email === undefined ? null : await invite(email) }

  async function invite(to: string): Promise<NewAdminTenant['invitation']> {
    const role = 'owner'
    const { invitationId, expiresAt } = await deps.invitations.create({ tenantId, email: to, role, invitedBy })
    await deps.queueMail({
      ...{ to, kind: 'invitation', tenantName: asked.name, inviterName: 'Wagate', role, validDays: invitationDays },
      link: invitationLink(deps.dashboardUrl, invitationId),
    })
    return { id: invitationId, email: to, expires_at: expiresAt.toISOString() }
  }
}
