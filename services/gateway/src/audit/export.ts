// The audit log as a file: oldest first, read and sent piece by piece, so that neither Postgres nor memory holds all of it.
import type { AuditRecord } from '@wagate/messages/audit-chain.ts'
import { csvHeaders, csvOf } from '../http/csv.ts'

export const auditFormats = { json: 'application/json', csv: 'text/csv', ndjson: 'application/x-ndjson' } as const
export type FileFormat = Exclude<keyof typeof auditFormats, 'json'>

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

const fileName = 'audit-log'

const files = {
  csv: {
    headers: csvHeaders(fileName),
    head: csvOf([Object.keys(columns)]),
    line: (record: AuditRecord) => csvOf([Object.values(columns).map((of) => of(record) ?? '')]),
  },
  ndjson: {
    headers: {
      'content-type': auditFormats.ndjson,
      'content-disposition': `attachment; filename="${fileName}.ndjson"`,
    },
    head: '',
    line: (record: AuditRecord) => `${JSON.stringify(record)}\n`,
  },
} as const

export const headersOf = (format: FileFormat): Record<string, string> => files[format].headers

const batchSize = 1_000
/** Entries of one export; the next one goes on `after` the last of them. */
export const mostExported = 100_000

/** Resolves when the first entries were read, so that a database that is away is still told as a problem. */
export async function exportRecords(
  format: FileFormat,
  readAfter: (number: number | undefined, limit: number) => Promise<AuditRecord[]>,
  after: number | undefined,
  most = mostExported,
): Promise<ReadableStream<Uint8Array>> {
  const { head, line } = files[format]
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
