// The audit log as a file: oldest first, read and sent piece by piece, so that neither Postgres nor memory holds all of it.
import type { AuditRecord } from '@wagate/messages/audit-chain.ts'
import { csvOf } from '../http/csv.ts'
import { DomainError } from '../http/problem.ts'

export type AuditFormat = 'json' | 'csv' | 'ndjson'

const types: Record<Exclude<AuditFormat, 'json'>, string> = { csv: 'text/csv', ndjson: 'application/x-ndjson' }
export const auditContentTypes = ['application/json', ...Object.values(types)]
export const contentTypeOf = (format: Exclude<AuditFormat, 'json'>): string => types[format]

/** Throws `not-acceptable`. */
export function formatFor(accept: string | undefined): AuditFormat {
  if (accept === undefined || /(application|\*)\/(json|\*)/.test(accept)) return 'json'
  if (/text\/(csv|\*)/.test(accept)) return 'csv'
  if (accept.includes(types.ndjson)) return 'ndjson'
  throw new DomainError(
    'not-acceptable',
    `The audit log comes as ${auditContentTypes.join(', ')}: name one of them in Accept.`,
  )
}

const columns: Record<string, (record: AuditRecord) => string | number | null> = {
  number: (record) => record.number,
  id: (record) => record.id,
  time: (record) => record.time,
  actor_kind: (record) => record.actor.kind,
  actor_id: (record) => record.actor.id,
  action: (record) => record.action,
  targets: (record) => record.targets.join(' '),
  mode: (record) => record.mode,
  request_id: (record) => record.request_id,
  route: (record) => record.route,
  address: (record) => record.address,
  changes: (record) => JSON.stringify(record.changes),
  previous_hash: (record) => record.previous_hash,
  hash: (record) => record.hash,
}

const formats = {
  csv: {
    head: csvOf([Object.keys(columns)]),
    line: (record: AuditRecord) => csvOf([Object.values(columns).map((of) => of(record) ?? '')]),
  },
  ndjson: { head: '', line: (record: AuditRecord) => `${JSON.stringify(record)}\n` },
} as const

const batchSize = 1_000
/** Entries of one export; the next one goes on `after` the last of them. */
export const mostExported = 100_000

/** Resolves when the first entries were read, so that a database that is away is still told as a problem. */
export async function exportRecords(
  format: Exclude<AuditFormat, 'json'>,
  readAfter: (number: number | undefined, limit: number) => Promise<AuditRecord[]>,
  after: number | undefined,
  most = mostExported,
): Promise<ReadableStream<Uint8Array>> {
  const { head, line } = formats[format]
  const encoder = new TextEncoder()
  const read = (number: number | undefined, left: number) => readAfter(number, Math.min(batchSize, left))
  let next = await read(after, most)
  let left = most
  let lead = head
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const records = next
      const last = records.at(-1)
      left -= records.length
      const text = lead + records.map(line).join('')
      lead = ''
      if (text !== '') controller.enqueue(encoder.encode(text))
      if (!last || left <= 0) return controller.close()
      next = await read(last.number, left)
      if (next.length === 0) controller.close()
    },
  })
}
