// What people do by themselves – how they sign in, how safe that is, where they belong – goes on record in the log of every account that
// they belong to: each of its owners relies on it.
import type { AuditAction, AuditChanges } from '@wagate/messages/audit.ts'
import type { Client, Present } from '../account/accounts.ts'
import type { MemberControl } from '../control/members.ts'
import type { AuditLog } from './log.ts'
import type { OnRecord } from './on-record.ts'

export type PersonNote = {
  /** Who it was, of a route that anybody may call: without it there is no entry. */
  personId?: string
  /** The only accounts that it is about; otherwise all that the person belongs to. */
  tenantIds?: readonly string[]
  /** Instead of the person. */
  targets?: readonly string[]
  changes?: AuditChanges
}
export type OfPersonCall = { note: (more: PersonNote) => void }

export type OfPersonDeps = {
  audit: Pick<AuditLog, 'ready' | 'record'>
  members: Pick<MemberControl, 'tenantsOf'>
}

type Given = { client: Client; requestId: string; present?: Present }

/** The handler of a route for people whose acts go on record. */
export const recordedOfPerson =
  <GivenCall extends Given>(
    deps: OfPersonDeps,
    spec: OnRecord & { path: string },
    handle: (call: GivenCall & OfPersonCall) => Response | Promise<Response>,
  ) =>
  async (call: GivenCall): Promise<Response> => {
    const { audit: action, method, path } = spec
    let noted: PersonNote = {}
    const note = (more: PersonNote): void => {
      noted = { ...noted, ...more }
    }
    if (action === undefined) return handle({ ...call, note })
    await deps.audit.ready()
    const known = call.present?.person.id
    // Before the act: it may be the end of a membership.
    const before = known === undefined ? undefined : await tenantIdsOf(deps, known)
    const answer = await handle({ ...call, note })
    const personId = noted.personId ?? known
    if (personId === undefined) return answer
    const tenantIds = noted.tenantIds ?? before ?? (await tenantIdsOf(deps, personId))
    await record(deps, tenantIds, {
      ...{ personId, action, address: call.client.address, requestId: call.requestId },
      ...{ route: `${method.toUpperCase()} ${path}`, targets: noted.targets, changes: noted.changes },
    })
    return answer
  }

type Act = {
  personId: string
  action: AuditAction
  address: string
  requestId?: string
  route?: string
  targets?: readonly string[] | undefined
  changes?: AuditChanges | undefined
}

/**
 * One entry per account. The act has happened, and its answer may hold a token that comes only once: an entry that the broker does not
 * take now waits in memory, and the answer does not fail for it.
 */
async function record(
  { audit }: Pick<OfPersonDeps, 'audit'>,
  tenantIds: readonly string[],
  { personId, targets = [personId], changes = {}, ...act }: Act,
): Promise<void> {
  const actor = { kind: 'person', id: personId } as const
  await Promise.allSettled(
    tenantIds.map((tenantId) => audit.record({ ...{ tenantId, actor, targets, changes }, ...act })),
  )
}

/** Somebody tried so often to get in as this person that the next tries are refused for a while. Whoever that was is not known. */
export async function recordBlocked(deps: OfPersonDeps, personId: string, address: string): Promise<void> {
  const entry = { actor: { kind: 'system', id: null }, action: 'person.sign_in_blocked', address } as const
  const tenantIds = await tenantIdsOf(deps, personId)
  await Promise.allSettled(tenantIds.map((tenantId) => deps.audit.record({ ...entry, tenantId, targets: [personId] })))
}

const tenantIdsOf = async ({ members }: Pick<OfPersonDeps, 'members'>, personId: string): Promise<string[]> =>
  (await members.tenantsOf(personId)).map(({ tenantId }) => tenantId)
