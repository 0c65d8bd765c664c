// What the operator does by command line goes on record in the log of the account that it is done to.
import type { AuditActor } from '@wagate/messages/audit.ts'
import type { AuditLog } from '../audit/log.ts'
import type { Control, Terms } from './manage.ts'

/** Whoever may run commands with the gateway's environment: the system's own log knows who that was. */
const operator: AuditActor = { kind: 'operator', id: 'command_line' }
/** What was decided, as the audit log has it. */
export const termsOf = ({ plan, overrides, monthlyPriceCents }: Terms) => ({
  plan,
  agreed_limits: Object.entries(overrides).map(([limit, value]) => `${limit}=${value}`),
  ...(monthlyPriceCents !== undefined && { agreed_price_cents: monthlyPriceCents }),
})

export function audited(control: Control, record: AuditLog['record']): Control {
  const { keys, persons, plans, deletions, operators } = control
  return {
    ...control,

    async createTenant(name, terms) {
      const made = await control.createTenant(name, terms)
      const { tenantId } = made
      const changes = terms ? termsOf(terms) : {}
      await record({ tenantId, actor: operator, action: 'tenant.created', targets: [tenantId], changes })
      return made
    },

    async suspendTenant(tenantId, reason) {
      await control.suspendTenant(tenantId, reason)
      await record({ tenantId, actor: operator, action: 'tenant.suspended', targets: [tenantId] })
    },

    async activateTenant(tenantId) {
      await control.activateTenant(tenantId)
      await record({ tenantId, actor: operator, action: 'tenant.activated', targets: [tenantId] })
    },

    persons: {
      ...persons,

      async erase(personId, options) {
        const outcome = await persons.erase(personId, options)
        if (outcome.kind !== 'done') return outcome
        const entry = { actor: operator, action: 'person.deleted', targets: [personId] } as const
        // One that cannot be written is told by the log itself, and must not keep the others from being written.
        await Promise.allSettled(outcome.tenantIds.map((tenantId) => record({ ...entry, tenantId })))
        return outcome
      },
    },

    operators: {
      async account() {
        const account = await operators.account()
        const { tenantId, made } = account
        if (made) await record({ tenantId, actor: operator, action: 'tenant.created', targets: [tenantId] })
        return account
      },
    },

    plans: {
      ...plans,

      async apply(tenantId, terms, by) {
        await plans.apply(tenantId, terms, by)
        const changes = { ...termsOf(terms), holds: true }
        await record({ tenantId, actor: operator, action: 'plan.changed', targets: [tenantId], changes })
      },

      async withdraw(tenantId, by, state) {
        const wasWaiting = await plans.withdraw(tenantId, by, state)
        if (wasWaiting) await record({ tenantId, actor: operator, action: 'plan.request_refused', targets: [tenantId] })
        return wasWaiting
      },
    },

    deletions: {
      ...deletions,

      async begin(tenantId, asked) {
        const deletesAt = await deletions.begin(tenantId, asked)
        const changes = { deletes_at: deletesAt.toISOString() }
        await record({ tenantId, actor: operator, action: 'tenant.deletion_requested', targets: [tenantId], changes })
        return deletesAt
      },

      async takeBack(tenantId) {
        const isBack = await deletions.takeBack(tenantId)
        if (isBack)
          await record({ tenantId, actor: operator, action: 'tenant.deletion_cancelled', targets: [tenantId] })
        return isBack
      },
    },

    keys: {
      ...keys,

      async create(key) {
        const made = await keys.create(key)
        const { tenantId, mode, scopes } = key
        const changes = { scopes: [...scopes], expires_at: key.expiresAt?.toISOString() ?? null }
        await record({ tenantId, actor: operator, action: 'api_key.created', targets: [made.row.keyId], mode, changes })
        return made
      },

      async revokeById(keyId) {
        const tenantId = await keys.revokeById(keyId)
        await record({ tenantId, actor: operator, action: 'api_key.revoked', targets: [keyId] })
        return tenantId
      },
    },
  }
}
