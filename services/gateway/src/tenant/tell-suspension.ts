// The owners of an account learn by mail that the operator has suspended it, and why, or that it works again.
import type { MemberControl } from '../control/members.ts'
import { type QueueMail, tell } from '../mail/mail.ts'
import type { TenantRow } from './store.ts'

export type TellSuspensionDeps = { members: Pick<MemberControl, 'list'>; queueMail: QueueMail }

/**
 * Looks up whom to tell, before anything is decided; throws `DatabaseUnavailable`. What it resolves with tells them, with the reason or, without
 * one, that the account is active. It does not throw, since the decision holds then, and tells nothing that was told before.
 */
export async function suspensionToTell(
  { members, queueMail }: TellSuspensionDeps,
  { tenantId, name: tenantName, status, suspendedReason }: TenantRow,
): Promise<(reason?: string) => Promise<void>> {
  const owners = (await members.list(tenantId)).filter(({ role }) => role === 'owner')
  return async (reason) => {
    const isNews = reason === undefined ? status === 'suspended' : reason !== suspendedReason
    if (!isNews) return
    for (const { email: to, name } of owners)
      await tell(
        queueMail,
        reason === undefined
          ? { to, kind: 'tenant_activated', name, tenantName }
          : { to, kind: 'tenant_suspended', name, tenantName, reason },
      )
  }
}
