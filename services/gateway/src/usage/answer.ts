// The answer to whoever asks for a tenant's usage: JSON, or a table.
import type { UsageQuery } from '@wagate/api/usage.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { csvHeaders } from '../http/csv.ts'
import { formatOf } from '../http/format.ts'
import type { OpenCall } from '../http/route.ts'
import { usageCsv } from './csv.ts'
import { presentUsage } from './present.ts'
import { dayOf, rangeOf } from './range.ts'
import type { UsageStore } from './store.ts'

const formats = { json: 'application/json', csv: 'text/csv' } as const

export type UsageDeps = { usage: Pick<UsageStore, 'read'>; now: () => Date }
type Asking = Pick<OpenCall<string, unknown, unknown>, 'header' | 'json' | 'answer'>

export async function answerUsage(
  deps: UsageDeps,
  call: Asking,
  { tenantId, mode }: { tenantId: string; mode: Mode },
  query: UsageQuery,
): Promise<Response> {
  const now = deps.now()
  const range = rangeOf(query, now)
  const format = formatOf(call.header('accept'), formats, 'Usage comes')
  const shown = presentUsage(range, mode, await deps.usage.read(tenantId, mode, range, dayOf(now)))
  if (format === 'json') return call.json(200, shown)
  return call.answer(200, usageCsv(shown), csvHeaders(`usage-${mode}-${range.from}-to-${range.to}`))
}
