import type { AuditVerification } from '@wagate/api/audit.ts'
import type { Client } from '@wagate/api/client.ts'

/** Each looks at many thousands of entries. */
const mostSteps = 50

/** From the oldest entry to the newest, in as many steps as the API takes; `complete` is false when even these were too few. */
export async function verifyAll(api: Pick<Client, 'verifyAuditLog'>): Promise<AuditVerification> {
  let told = await api.verifyAuditLog()
  for (let step = 1; step < mostSteps && told.holds && !told.complete; step++)
    told = await api.verifyAuditLog({ after: told.through, hash: told.hash })
  return told
}
