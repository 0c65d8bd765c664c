// Rows of the timeline → entries in the API's words.
import type { TimelineEntry } from '@wagate/api/timeline.ts'
import type { AuditActor, AuditChanges } from '@wagate/messages/audit.ts'
import { type AskedType, proxyChanges, type TimelineDetail } from '@wagate/messages/timeline.ts'
import { askedActions } from './timeline-store.ts'

export type TimelineRow = {
  id: string
  /** As Postgres writes it, to the last digit. */
  at: string
  /** Of an entry, or an action of the audit log. */
  type: string
  reason: string | null
  detail: TimelineDetail
  changes: AuditChanges | null
  actorKind: AuditActor['kind'] | null
  actorId: string | null
}

export function entryOf(row: TimelineRow): TimelineEntry {
  const asked = Object.entries(askedActions).find(([action]) => action === row.type)?.[1]
  const common = {
    id: row.id,
    at: new Date(row.at).toISOString(),
    by: row.actorKind && { kind: row.actorKind, id: row.actorId },
  }
  if (asked !== undefined) return { ...common, ...askedEntry(asked, row.changes ?? {}) }
  const { type, reason, detail } = row as Pick<TimelineEntry, 'type' | 'reason' | 'detail'>
  return { ...common, type, reason, detail }
}

function askedEntry(asked: AskedType, changes: AuditChanges): Pick<TimelineEntry, 'type' | 'reason' | 'detail'> {
  const type = asked === 'settings_changed' ? settingsType(changes) : asked
  const reason = type === 'proxy_changed' ? (proxyChanges.find((change) => change === changes.proxy) ?? null) : null
  return { type, reason, detail: Object.keys(changes).length > 0 ? { changes } : {} }
}

function settingsType(changes: AuditChanges): AskedType {
  const names = Object.keys(changes)
  if (names.length === 1 && names[0] === 'name') return 'renamed'
  if (names.length > 0 && names.every((name) => name.startsWith('pacing'))) return 'pace_changed'
  return names.length === 1 && names[0] === 'proxy' ? 'proxy_changed' : 'settings_changed'
}
