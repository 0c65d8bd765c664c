// A new customer's start: a tenant that is theirs, a test key and a phone to write to, at once.
import type { Phone } from '@wagate/api/sandbox.ts'
import { scopes } from '@wagate/messages/control.ts'
import type { AuditLog } from '../audit/log.ts'
import type { Control } from '../control/manage.ts'
import type { MemberControl, Membership } from '../control/members.ts'
import { DomainError } from '../http/problem.ts'
import type { SandboxControl } from '../sandbox/control.ts'
import type { Client } from './accounts.ts'

export type WelcomeDeps = {
  audit: Pick<AuditLog, 'record'>
  control: Pick<Control, 'createTenant'> & { keys: Pick<Control['keys'], 'create'> }
  members: Pick<MemberControl, 'add' | 'tenantsOf'>
  sandbox: Pick<SandboxControl, 'create'>
}
export type Welcome = { tenant: Membership; apiKey: string; phone: Phone | null }

/** A plan that costs nothing must not be had without end. */
const mostOwned = 5

/** Throws `tenant-limit-reached`. */
export async function openTenant(deps: WelcomeDeps, personId: string, name: string, client: Client): Promise<Welcome> {
  const owned = (await deps.members.tenantsOf(personId)).filter(({ role }) => role === 'owner')
  if (owned.length >= mostOwned)
    throw new DomainError(
      'tenant-limit-reached',
      `You own ${owned.length} accounts, the most one person may: ask support.`,
    )
  const { tenantId } = await deps.control.createTenant(name)
  await deps.members.add(tenantId, personId, 'owner')
  const key = await deps.control.keys.create({ tenantId, mode: 'test', scopes, name: 'First key' })
  const actor = { kind: 'person', id: personId } as const
  const { address } = client
  const targets = [tenantId, key.row.keyId]
  await deps.audit.record({ tenantId, actor, action: 'tenant.created', targets, address })
  const phone = await deps.sandbox.create(tenantId, { name: 'First phone' }).catch(() => null)
  return { tenant: { tenantId, name, status: 'active', role: 'owner' }, apiKey: key.text, phone }
}
