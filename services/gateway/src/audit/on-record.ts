// The part of the audit log in a request: what a route declares, and its entry, stored behind the change and before the answer.
import { hash } from 'node:crypto'
import type { AuditAction, AuditActor, AuditChanges } from '@wagate/messages/audit.ts'
import { operatorScope } from '@wagate/messages/control.ts'
import { makeId } from '@wagate/messages/ids.ts'
import { actorId } from '../access/actor.ts'
import type { Caller } from '../access/authenticate.ts'
import type { Client } from '../account/accounts.ts'
import type { AuditLog } from './log.ts'
import type { Looked } from './looks.ts'

/** Reading leaves no entry. Whatever else a route does, it says what that is called in the audit log, or why it is not there. */
export type OnRecord =
  | { method: 'get'; audit?: never; unaudited?: never }
  | { method: 'post' | 'patch' | 'delete'; audit: AuditAction; unaudited?: never }
  | { method: 'post' | 'patch' | 'delete'; unaudited: string; audit?: never }

export type Note = {
  targets?: readonly string[]
  changes?: AuditChanges
  /** The tenant that an operator did it to: it is in that one's log as well. */
  doneTo?: string
}

export type RecordedRequest = {
  caller: Caller
  requestId: string
  params: Record<string, string>
  address: string
  /** Method and path, and the request's `Idempotency-Key`. */
  origin: { route: string; idempotencyKey: string | undefined }
}

/** Whoever the caller is in the audit log. */
export function actorOf({ actor, scopes }: Pick<Caller, 'actor' | 'scopes'>): AuditActor {
  if (actor.kind === 'support') return { kind: 'operator', id: actor.operatorId }
  return { kind: scopes.includes(operatorScope) ? 'operator' : actor.kind, id: actorId(actor) }
}

/**
 * Begins before the change is made, when nothing but the broker could still refuse its entry. `note` adds ids of what was made, and
 * facts; the ids in the path are noted already. `settle` stores the entry of a request that succeeded.
 */
export async function goOnRecord(log: AuditLog, spec: OnRecord & { path: string }, request: RecordedRequest) {
  const { audit: action, method, path } = spec
  const targets = Object.values(request.params)
  const changes: AuditChanges = {}
  let acceptedAt: string | undefined
  let doneTo: string | undefined
  if (action !== undefined) await log.ready()

  return {
    note(more: Note): void {
      targets.push(...(more.targets ?? []))
      Object.assign(changes, more.changes)
      doneTo = more.doneTo ?? doneTo
    },

    /** Told by what keeps idempotency keys: a repeat is the same change, so its entry is the same. */
    onAccepted(at: string): void {
      acceptedAt = at
    },

    async settle(answer: Response): Promise<Response> {
      if (action === undefined || answer.status >= 400) return answer
      const { caller, requestId, address, origin } = request
      const { tenantId, mode } = caller
      const places = [{ tenantId, mode }, ...(doneTo === undefined ? [] : [{ tenantId: doneTo }])]
      const recordAt = (place: (typeof places)[number]) =>
        log.record({
          ...{ ...place, actor: actorOf(caller), action, targets, requestId, address, changes },
          route: `${method.toUpperCase()} ${path}`,
          ...(acceptedAt !== undefined && { time: acceptedAt }),
          ...(acceptedAt !== undefined &&
            origin.idempotencyKey !== undefined && { id: repeatableId(request, place.tenantId, acceptedAt) }),
        })
      await allOf(places.map(recordAt))
      return answer
    },
  }
}

type Recordable = Omit<RecordedRequest, 'address'> & { client: Client }
export type OnRecordCall = {
  /** Adds to the request's entry in the audit log: ids that are not in the path, and harmless facts. */
  note: (more: Note) => void
  /** `onAccepted` is told when the first request with that key was accepted. */
  origin: { onAccepted: (at: string) => void }
}

/** The handler of a route whose changes go on record. */
export const recorded =
  <GivenCall extends Recordable>(
    log: AuditLog,
    spec: OnRecord & { path: string },
    handle: (call: GivenCall & OnRecordCall) => Response | Promise<Response>,
    looked: Looked,
  ) =>
  async (call: GivenCall): Promise<Response> => {
    const { caller, requestId, params, origin, client } = call
    const { note, onAccepted, settle } = await goOnRecord(log, spec, {
      ...{ caller, requestId, params, origin, address: client.address },
    })
    const answer = await handle({ ...call, note, origin: { ...origin, onAccepted } })
    if (answer.status < 400)
      await looked(spec.method, spec.path, { caller, requestId, params, address: client.address })
    return settle(answer)
  }

/** The same for every repeat of a request, and another one when the key is used anew after it was forgotten. */
function repeatableId({ caller, origin }: RecordedRequest, tenantId: string, acceptedAt: string): string {
  const { tenantId: by, mode } = caller
  const elsewhere = tenantId === by ? [] : [tenantId]
  const request = ['audit', by, mode, origin.route, origin.idempotencyKey, ...elsewhere].join('|')
  return makeId('auditEntry', Date.parse(acceptedAt), hash('sha256', request, 'buffer').subarray(0, 10))
}

/** One that the broker does not take now waits in memory, and must not keep the others from being written. Throws what the first threw. */
async function allOf(entries: Promise<void>[]): Promise<void> {
  for (const entry of await Promise.allSettled(entries)) if (entry.status === 'rejected') throw entry.reason
}
