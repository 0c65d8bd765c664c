// A new customer's start: a tenant that is theirs, a test key and a phone to write to, at once.
import type { Phone } from '@wagate/api/sandbox.ts'
import { scopes } from '@wagate/messages/control.ts'
import type { PersonNote } from '../audit/of-person.ts'
import { mostOwned } from '../control/found.ts'
import type { Control } from '../control/manage.ts'
import { type Membership, mostMemberships } from '../control/members.ts'
import { DomainError } from '../http/problem.ts'
import type { SandboxControl } from '../sandbox/control.ts'

export type WelcomeDeps = {
  control: Pick<Control, 'foundTenant'> & { keys: Pick<Control['keys'], 'create'> }
  sandbox: Pick<SandboxControl, 'create'>
}
export type Welcome = { tenant: Membership; apiKey: string; keyId: string; phone: Phone | null }

/** Throws `tenant-limit-reached`. */
export async function openTenant(deps: WelcomeDeps, personId: string, name: string): Promise<Welcome> {
  const founded = await deps.control.foundTenant(name, personId)
  if (founded.kind === 'owns_most')
    throw new DomainError(
      'tenant-limit-reached',
      `You own ${mostOwned} accounts, the most one person may: ask support.`,
    )
  if (founded.kind === 'full') throw tooManyMemberships()
  const { tenantId } = founded
  const key = await deps.control.keys.create({ tenantId, mode: 'test', scopes, name: 'First key' })
  const phone = await deps.sandbox.create(tenantId, { name: 'First phone' }).catch(() => null)
  const tenant: Membership = {
    ...{ tenantId, name, status: 'active', operators: false, role: 'owner' },
    ...{ suspendedAt: null, suspendedReason: null },
  }
  return { tenant, apiKey: key.text, keyId: key.row.keyId, phone }
}

export const tooManyMemberships = () =>
  new DomainError(
    'tenant-limit-reached',
    `You belong to ${mostMemberships} accounts, the most one person may: leave one first.`,
  )

/** Of a route that opens one. */
export const foundingNote = (personId: string, { tenant: { tenantId }, keyId }: Welcome): PersonNote => ({
  ...{ personId, tenantIds: [tenantId], targets: [tenantId, keyId] },
})
