// Whether a tenant's audit log holds, a part at a time.
import { hash as digest } from 'node:crypto'
import type { AuditVerification } from '@wagate/api/audit.ts'
import { type ChainEnd, type ChainVerdict, hashOf, type Sha256, verifyChain } from '@wagate/messages/audit-chain.ts'
import { invalid } from '../http/problem.ts'
import type { AuditStore } from './store.ts'

const sha256: Sha256 = (text) => digest('sha256', text)
const batchSize = 1_000
/** Entries that one request checks: under a second of work, with pauses in between. */
export const mostVerified = 20_000

type Asked = { after?: number | undefined; hash?: string | undefined }

/** Throws `invalid-request` for a beginning that was removed because its time was over. */
export async function verifyPart(
  store: Pick<AuditStore, 'oldest' | 'beginning'>,
  tenantId: string,
  asked: Asked,
  most = mostVerified,
): Promise<AuditVerification> {
  const start = await startOf(store, tenantId, asked)
  if ('holds' in start) return present(start, start.through.number, true)
  let verdict: ChainVerdict = { holds: true, through: start }
  for (let left = most; left > 0; ) {
    const limit = Math.min(batchSize, left)
    const records = await store.oldest(tenantId, {}, { after: verdict.through.number }, limit)
    verdict = verifyChain(records, verdict.through, sha256)
    left -= records.length
    if (!verdict.holds || records.length < limit) return present(verdict, start.number, true)
  }
  return present(verdict, start.number, false)
}

/** The entry to begin with, as it is now; or what is wrong with it already. */
async function startOf(
  store: Pick<AuditStore, 'oldest' | 'beginning'>,
  tenantId: string,
  { after, hash }: Asked,
): Promise<ChainEnd | Extract<ChainVerdict, { holds: false }>> {
  const beginning = await store.beginning(tenantId)
  const number = after ?? beginning.number
  if (number < beginning.number)
    throw invalid('after', `Entries up to ${beginning.number} were removed when their time was over: begin there.`)
  const wrong = (fault: 'missing' | 'altered') => ({
    ...{ holds: false as const, through: beginning, brokenAt: number, fault },
  })
  if (number === beginning.number) return hash === undefined || hash === beginning.hash ? beginning : wrong('altered')
  const [entry] = await store.oldest(tenantId, {}, { after: number - 1 }, 1)
  if (entry?.number !== number) return wrong('missing')
  const isKept = hash === undefined || hash === entry.hash
  return isKept && hashOf(entry, sha256) === entry.hash ? entry : wrong('altered')
}

function present(verdict: ChainVerdict, after: number, complete: boolean): AuditVerification {
  return {
    holds: verdict.holds,
    after,
    through: verdict.through.number,
    hash: verdict.through.hash,
    complete,
    broken_at: verdict.holds ? null : verdict.brokenAt,
    fault: verdict.holds ? null : verdict.fault,
  }
}
