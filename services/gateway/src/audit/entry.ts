// What somebody tells the audit log → an entry that can be published. Pure.
import {
  type AuditAction,
  type AuditActor,
  type AuditChanges,
  type AuditEntry,
  maxFactItems,
  maxFactLength,
} from '@wagate/messages/audit.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { networkOf } from '@wagate/runtime/address.ts'

export type NewAuditEntry = {
  tenantId: string
  actor: AuditActor
  action: AuditAction
  /** Ids of what it was done to, two at most. */
  targets?: readonly string[]
  mode?: Mode | undefined
  requestId?: string
  /** Method and pattern. */
  route?: string
  /** Whole; only its network is kept. */
  address?: string | undefined
  /** What was decided. Never a secret, a phone number, an e-mail address, or what people wrote. */
  changes?: AuditChanges
  /** When it was done; now when absent. */
  time?: string
  /** The same id is the same entry, however often it comes; a new one when absent. */
  id?: string
}

export function entryOf(told: NewAuditEntry, minted: { id: string; time: string }): AuditEntry {
  return {
    v: 1,
    id: told.id ?? minted.id,
    tenantId: told.tenantId,
    time: told.time ?? minted.time,
    actor: told.actor,
    action: told.action,
    targets: [...new Set(told.targets)].slice(0, 2),
    mode: told.mode ?? null,
    requestId: told.requestId ?? null,
    route: told.route ?? null,
    address: (told.address !== undefined && networkOf(told.address)) || null,
    changes: Object.fromEntries(Object.entries(told.changes ?? {}).map(([name, fact]) => [name, storable(fact)])),
  }
}

type Fact = AuditChanges[string]

/** What the log cannot hold must not keep an entry out of it. */
function storable(fact: Fact): Fact {
  if (typeof fact === 'string') return clipped(fact)
  if (Array.isArray(fact)) return fact.slice(0, maxFactItems).map(clipped)
  return typeof fact === 'number' && !Number.isFinite(fact) ? null : fact
}

const clipped = (text: string): string => text.replaceAll('\0', '').slice(0, maxFactLength).toWellFormed()
