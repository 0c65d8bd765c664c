// A new customer's start: a tenant that is theirs, a test key and a phone to write to, at once.
import type { Phone } from '@wagate/api/sandbox.ts'
import { scopes } from '@wagate/messages/control.ts'
import type { PersonNote } from '../audit/of-person.ts'
import type { Control } from '../control/manage.ts'
import { type MemberControl, type Membership, mostMemberships } from '../control/members.ts'
import { DomainError } from '../http/problem.ts'
import type { SandboxControl } from '../sandbox/control.ts'

export type WelcomeDeps = {
  control: Pick<Control, 'createTenant'> & { keys: Pick<Control['keys'], 'create'> }
  members: Pick<MemberControl, 'add' | 'tenantsOf'>
  sandbox: Pick<SandboxControl, 'create'>
}
export type Welcome = { tenant: Membership; apiKey: string; keyId: string; phone: Phone | null }

/** A plan that costs nothing must not be had without end. */
const mostOwned = 5

/** Throws `tenant-limit-reached`. */
export async function openTenant(deps: WelcomeDeps, personId: string, name: string): Promise<Welcome> {
  const all = await deps.members.tenantsOf(personId)
  const owned = all.filter(({ role, operators }) => role === 'owner' && !operators)
  if (owned.length >= mostOwned)
    throw new DomainError(
      'tenant-limit-reached',
      `You own ${owned.length} accounts, the most one person may: ask support.`,
    )
  if (all.length >= mostMemberships) throw tooManyMemberships()
  const { tenantId } = await deps.control.createTenant(name)
  // Others that were opened at the same time may have been the last.
  if ((await deps.members.add(tenantId, personId, 'owner')) === 'full') throw tooManyMemberships()
  const key = await deps.control.keys.create({ tenantId, mode: 'test', scopes, name: 'First key' })
  const phone = await deps.sandbox.create(tenantId, { name: 'First phone' }).catch(() => null)
  const founded: Membership = {
    ...{ tenantId, name, status: 'active', operators: false, role: 'owner' },
    ...{ suspendedAt: null, suspendedReason: null },
  }
  return { tenant: founded, apiKey: key.text, keyId: key.row.keyId, phone }
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
