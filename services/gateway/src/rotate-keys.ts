// `make rotate-keys`, the webhooks' part: seals every endpoint's secret under the current master key. Run it with the gateway's
// environment; running it again changes nothing.
import { connectBroker } from '@wagate/runtime/broker.ts'
import { brokerAccess } from '@wagate/runtime/config.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { loadRotationConfig } from './config.ts'
import { createInTenant } from './postgres/in-tenant.ts'
import { resealSecrets } from './webhook/reseal.ts'

const say = (line: string): void => void process.stderr.write(`${line}\n`)

async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const config = loadRotationConfig(env)
  const broker = await connectBroker({ ...brokerAccess(config), name: 'rotate-keys', logger: silentLogger() })
  const sql = openPostgres({ url: config.DATABASE_URL, applicationName: 'rotate-keys', max: 1 })
  try {
    const inTenant = createInTenant(sql, 30_000)
    const counts = { rewrapped: 0, current: 0, failed: 0 }
    for await (const tenantId of (await broker.kv('tenants')).keys()) {
      const { rewrapped, current, failed } = await resealSecrets(inTenant, config.master, tenantId)
      counts.rewrapped += rewrapped
      counts.current += current
      counts.failed += failed.length
      for (const endpointId of failed) say(`${endpointId} of ${tenantId}: no master key here opens it`)
    }
    process.stdout.write(`${JSON.stringify({ sealed: 'webhook secrets', masterKeyId: config.master.id, ...counts })}\n`)
    if (counts.failed > 0) process.exitCode = 1
  } finally {
    await sql.end({ timeout: 5 })
    await broker.drain()
  }
}

await main(process.env).catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
