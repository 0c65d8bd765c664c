// `make rotate-keys`, the part of webhooks and proxies: seals every endpoint's secret and every session's proxy under the current
// master key. Run it with the gateway's
// environment; running it again changes nothing.
import { connectBroker, type KvBucket } from '@wagate/runtime/broker.ts'
import { brokerAccess } from '@wagate/runtime/config.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import type { MasterKey } from '@wagate/runtime/seal.ts'
import { loadRotationConfig } from './config.ts'
import { createInTenant } from './postgres/in-tenant.ts'
import { resealProxy } from './session/reseal-proxy.ts'
import { resealSecrets } from './webhook/reseal.ts'

const say = (line: string): void => void process.stderr.write(`${line}\n`)

type Counts = { rewrapped: number; current: number; failed: number }

async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const config = loadRotationConfig(env)
  const broker = await connectBroker({ ...brokerAccess(config), name: 'rotate-keys', logger: silentLogger() })
  const sql = openPostgres({ url: config.DATABASE_URL, applicationName: 'rotate-keys', max: 1 })
  try {
    const inTenant = createInTenant(sql, 30_000)
    const tell = (sealed: string, counts: Counts): void => {
      process.stdout.write(`${JSON.stringify({ sealed, masterKeyId: config.master.id, ...counts })}\n`)
      if (counts.failed > 0) process.exitCode = 1
    }
    const counts = { rewrapped: 0, current: 0, failed: 0 }
    for await (const tenantId of (await broker.kv('tenants')).keys()) {
      const { rewrapped, current, failed } = await resealSecrets(inTenant, config.master, tenantId)
      counts.rewrapped += rewrapped
      counts.current += current
      counts.failed += failed.length
      for (const endpointId of failed) say(`${endpointId} of ${tenantId}: no master key here opens it`)
    }
    tell('webhook secrets', counts)
    tell('session proxies', await resealProxies(await broker.kv('sessions'), config.master))
  } finally {
    await sql.end({ timeout: 5 })
    await broker.drain()
  }
}

async function resealProxies(sessions: KvBucket, master: MasterKey): Promise<Counts> {
  const counts = { rewrapped: 0, current: 0, failed: 0 }
  for await (const key of sessions.keys('*.*.config')) {
    const outcome = await resealProxy(sessions, master, key).catch((error: unknown) => {
      say(`${key}: ${error instanceof Error ? error.message : 'unknown'}`)
      return 'failed' as const
    })
    if (outcome !== 'none') counts[outcome] += 1
  }
  return counts
}

await main(process.env).catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
