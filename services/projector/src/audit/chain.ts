// Entries as they were published → entries in their place. Pure: the same entries in the same order give the same chain, so a
// database that was restored from a backup and brought up to date from AUDIT has the hashes that customers kept.
import { hash } from 'node:crypto'
import type { AuditEntry } from '@wagate/messages/audit.ts'
import { type AuditRecord, type ChainEnd, genesis, link, type Sha256 } from '@wagate/messages/audit-chain.ts'

export const sha256: Sha256 = (text) => hash('sha256', text)

export const entryKey = (entry: Pick<AuditEntry, 'tenantId' | 'id'>): string => `${entry.tenantId}|${entry.id}`

/** The next entries of each tenant's chain; those that it has already (`known`, by `entryKey`) are left out. */
export function chainUp(
  entries: readonly AuditEntry[],
  ends: ReadonlyMap<string, ChainEnd>,
  known: ReadonlySet<string>,
): AuditRecord[] {
  const seen = new Set(known)
  const endOf = new Map(ends)
  const records: AuditRecord[] = []
  for (const entry of entries) {
    if (seen.has(entryKey(entry))) continue
    seen.add(entryKey(entry))
    const record = link(entry, endOf.get(entry.tenantId) ?? genesis, sha256)
    endOf.set(entry.tenantId, record)
    records.push(record)
  }
  return records
}
