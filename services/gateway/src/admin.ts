// Command line for the operator: makes tenants and keys, prints JSON. Run it with the gateway's environment.
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { createIds } from '@wagate/messages/ids.ts'
import { connectBroker } from '@wagate/runtime/broker.ts'
import { brokerAccess } from '@wagate/runtime/config.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { loadAdminConfig } from './config.ts'
import { adminOptions, runAdmin, usage } from './control/admin.ts'
import { createControl } from './control/manage.ts'

const now = () => new Date()

try {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: adminOptions })
  const config = loadAdminConfig(process.env)
  const broker = await connectBroker({
    ...brokerAccess(config),
    name: 'gateway-admin',
    logger: silentLogger(),
  })
  const sql = openPostgres({ url: config.DATABASE_URL, applicationName: 'gateway-admin', max: 1 })
  try {
    const control = createControl({
      sql,
      tenants: await broker.kv('tenants'),
      apiKeys: await broker.kv('api_keys'),
      now,
      newId: createIds({ now, randomBytes }),
      randomBytes,
    })
    process.stdout.write(`${JSON.stringify(await runAdmin(control, positionals, values))}\n`)
  } finally {
    await sql.end({ timeout: 5 })
    await broker.drain()
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`)
  process.exitCode = 1
}
