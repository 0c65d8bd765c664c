// `node services/projector/src/verify-audit.ts [tenant id …]`: reads the audit log of all tenants, or of those, and says as JSON lines whether
// each chain holds, and up to which number and hash. Ends with 1 when one does not: see docs/runbooks/audit-chain-broken.md.
import postgres from 'postgres'
import { tenantsOnRecord, verifyTenant } from './audit/verify.ts'
import { loadVerifyConfig } from './config.ts'

const { databaseUrl } = loadVerifyConfig(process.env)
const sql = postgres(databaseUrl, { max: 1, connection: { application_name: 'verify-audit' }, onnotice: () => {} })
try {
  const named = process.argv.slice(2)
  for (const tenantId of named.length > 0 ? named : await tenantsOnRecord(sql)) {
    const verdict = await verifyTenant(sql, tenantId)
    const { number, hash } = verdict.through
    const fault = verdict.holds ? {} : { broken_at: verdict.brokenAt, fault: verdict.fault }
    process.stdout.write(
      `${JSON.stringify({ tenant_id: tenantId, holds: verdict.holds, through: number, hash, ...fault })}\n`,
    )
    if (!verdict.holds) process.exitCode = 1
  }
} finally {
  await sql.end({ timeout: 5 })
}
