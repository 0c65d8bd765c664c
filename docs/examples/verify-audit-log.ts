// Verifies an exported audit log without asking anybody: it needs this file, and the hash that you kept.
//   curl -H "Authorization: Bearer $KEY" -H 'Accept: application/x-ndjson' $H/v1/audit-log | node verify-audit-log.ts [<number> <hash>]
// The export must begin with the first entry, or behind the entry whose number and hash are given. Prints the last number and hash:
// keep them for the next time.
import { hash } from 'node:crypto'
import { createInterface } from 'node:readline'

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }
type Entry = { [name: string]: Json } & { number: number; previous_hash: string; hash: string }

/** RFC 8785: members sorted, no blanks. */
function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`
}

function faultOf(entry: Entry, number: number, previous: string): string | undefined {
  const { hash: told, ...hashed } = entry
  if (entry.number !== number) return 'is missing'
  if (entry.previous_hash !== previous) return 'does not follow the one before'
  return hash('sha256', canonical(hashed)) === told ? undefined : 'was altered'
}

let [number, previous] = [Number(process.argv[2] ?? 0), process.argv[3] ?? '0'.repeat(64)]
let fault: string | undefined
for await (const line of createInterface({ input: process.stdin })) {
  const entry = JSON.parse(line) as Entry
  fault ??= faultOf(entry, number + 1, previous)
  if (fault) continue
  number = entry.number
  previous = entry.hash
}
console.log(fault ? `entry ${number + 1} ${fault}` : `${number} ${previous}`)
process.exitCode = fault ? 1 : 0
