// The chain of a tenant's audit log: every entry has the next number and the hash of the one before, so that whoever kept a number
// and a hash finds out if anything up to there was changed, removed, put in or moved. The form is the API's, so that anybody can check.
import type { AuditActor, AuditChanges, AuditEntry } from './audit.ts'
import type { Mode } from './envelope.ts'

/** An entry in its place: as stored, listed and exported. */
export type AuditRecord = {
  tenant_id: string
  /** 1, 2, 3, … per tenant, without a gap. */
  number: number
  id: string
  time: string
  actor: AuditActor
  action: string
  targets: string[]
  mode: Mode | null
  request_id: string | null
  route: string | null
  address: string | null
  changes: AuditChanges
  /** `hash` of the entry before. */
  previous_hash: string
  /** SHA-256, in hex, of this entry without `hash`, as canonical JSON (RFC 8785). */
  hash: string
}

/** How far a chain goes. */
export type ChainEnd = { number: number; hash: string }

/** Before the first entry of a tenant. */
export const genesis: ChainEnd = { number: 0, hash: '0'.repeat(64) }

/** Hex. */
export type Sha256 = (text: string) => string

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/** RFC 8785: members sorted by UTF-16 code units, no blanks; numbers and strings are written by JSON.stringify as it demands. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonical).join(',')}]`
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

export const hashOf = ({ hash: _, ...hashed }: AuditRecord, sha256: Sha256): string => sha256(canonical(hashed))

/** The entry as the next one of the chain. */
export function link(entry: AuditEntry, { number, hash }: ChainEnd, sha256: Sha256): AuditRecord {
  const record: AuditRecord = {
    tenant_id: entry.tenantId,
    number: number + 1,
    id: entry.id,
    time: entry.time,
    actor: { kind: entry.actor.kind, id: entry.actor.id },
    action: entry.action,
    targets: entry.targets,
    mode: entry.mode,
    request_id: entry.requestId,
    route: entry.route,
    address: entry.address,
    changes: entry.changes,
    previous_hash: hash,
    hash: '',
  }
  return { ...record, hash: hashOf(record, sha256) }
}

/** `missing`: another number was due. `detached`: it does not name the hash of the entry before. `altered`: it is not what was hashed. */
export const chainFaults = ['missing', 'detached', 'altered'] as const
export type ChainFault = (typeof chainFaults)[number]

/** `through`: the last entry that is as it was written. */
export type ChainVerdict =
  | { holds: true; through: ChainEnd }
  | { holds: false; through: ChainEnd; brokenAt: number; fault: ChainFault }

/** Whether the entries of one tenant, oldest first, follow one another from that start. What is missing at the end shows only to those who kept it. */
export function verifyChain(records: Iterable<AuditRecord>, start: ChainEnd, sha256: Sha256): ChainVerdict {
  let through = start
  for (const record of records) {
    const due = through.number + 1
    const broken = (fault: ChainFault): ChainVerdict => ({ holds: false, through, brokenAt: due, fault })
    if (record.number !== due) return broken('missing')
    if (record.previous_hash !== through.hash) return broken('detached')
    if (hashOf(record, sha256) !== record.hash) return broken('altered')
    through = { number: record.number, hash: record.hash }
  }
  return { holds: true, through }
}
