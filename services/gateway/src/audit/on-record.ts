// The part of the audit log in a request: what a route declares, and its entry, stored behind the change and before the answer.
import { hash } from 'node:crypto'
import type { AuditAction, AuditActor, AuditChanges } from '@wagate/messages/audit.ts'
import { operatorScope } from '@wagate/messages/control.ts'
import { makeId } from '@wagate/messages/ids.ts'
import { actorId } from '../access/actor.ts'
import type { Caller } from '../access/authenticate.ts'
import type { Client } from '../account/accounts.ts'
import type { AuditLog } from './log.ts'

/** Reading leaves no entry. Whatever else a route does, it says what that is called in the audit log, or why it is not there. */
export type OnRecord =
  | { method: 'get'; audit?: never; unaudited?: never }
  | { method: 'post' | 'patch' | 'delete'; audit: AuditAction; unaudited?: never }
  | { method: 'post' | 'patch' | 'delete'; unaudited: string; audit?: never }

export type Note = { targets?: readonly string[]; changes?: AuditChanges }

export type RecordedRequest = {
  caller: Caller
  requestId: string
  params: Record<string, string>
  address: string
  /** Method and path, and the request's `Idempotency-Key`. */
  origin: { route: string; idempotencyKey: string | undefined }
}

/** Whoever the caller is in the audit log. */
export const actorOf = ({ actor, scopes }: Pick<Caller, 'actor' | 'scopes'>): AuditActor => ({
  kind: scopes.includes(operatorScope) ? 'operator' : actor.kind,
  id: actorId(actor),
})

/**
 * Begins before the change is made, when nothing but the broker could still refuse its entry. `note` adds ids of what was made, and
 * facts; the ids in the path are noted already. `settle` stores the entry of a request that succeeded.
 */
export async function goOnRecord(log: AuditLog, spec: OnRecord & { path: string }, request: RecordedRequest) {
  const { audit: action, method, path } = spec
  const targets = Object.values(request.params)
  const changes: AuditChanges = {}
  let acceptedAt: string | undefined
  if (action !== undefined) await log.ready()

  return {
    note(more: Note): void {
      targets.push(...(more.targets ?? []))
      Object.assign(changes, more.changes)
    },

    /** Told by what keeps idempotency keys: a repeat is the same change, so its entry is the same. */
    onAccepted(at: string): void {
      acceptedAt = at
    },

    async settle(answer: Response): Promise<Response> {
      if (action === undefined || answer.status >= 400) return answer
      const { caller, requestId, address, origin } = request
      const { tenantId, mode } = caller
      await log.record({
        ...{ tenantId, actor: actorOf(caller), action, targets, mode, requestId, address, changes },
        route: `${method.toUpperCase()} ${path}`,
        ...(acceptedAt !== undefined && { time: acceptedAt }),
        ...(acceptedAt !== undefined &&
          origin.idempotencyKey !== undefined && { id: repeatableId(request, acceptedAt) }),
      })
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
  ) =>
  async (call: GivenCall): Promise<Response> => {
    const { caller, requestId, params, origin, client } = call
    const { note, onAccepted, settle } = await goOnRecord(log, spec, {
      ...{ caller, requestId, params, origin, address: client.address },
    })
    return settle(await handle({ ...call, note, origin: { ...origin, onAccepted } }))
  }

/** The same for every repeat of a request, and another one when the key is used anew after it was forgotten. */
function repeatableId({ caller, origin }: RecordedRequest, acceptedAt: string): string {
  const request = ['audit', caller.tenantId, caller.mode, origin.route, origin.idempotencyKey].join('|')
  return makeId('auditEntry', Date.parse(acceptedAt), hash('sha256', request, 'buffer').subarray(0, 10))
}
