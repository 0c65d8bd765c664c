// `node services/projector/src/rebuild.ts session_view`: see rebuild-views.ts. Takes the service's own configuration.
import { connectBroker } from '@wagate/runtime/broker.ts'
import { createLogger } from '@wagate/runtime/logger.ts'
import postgres from 'postgres'
import { loadConfig } from './config.ts'
import { rebuildViews, type View, views } from './rebuild-views.ts'

const [wanted] = process.argv.slice(2)
const chosen: readonly View[] = wanted === 'all' ? views : views.filter((view) => view === wanted)
if (chosen.length === 0) {
  process.stderr.write(`usage: rebuild.ts ${views.join('|')}|all\n`)
  process.exit(2)
}
const config = loadConfig(process.env)
const logger = createLogger({ service: 'projector-rebuild', level: config.logLevel })
const broker = await connectBroker({ ...config.nats, name: 'projector-rebuild', logger })
const connection = { application_name: 'projector-rebuild', statement_timeout: 0 }
const sql = postgres(config.databaseUrl, { max: 1, connection, onnotice: () => {} })
try {
  const startedMs = performance.now()
  const events = await rebuildViews({ sql, broker, logger }, chosen)
  logger.info({ event: 'rebuild.done', views: chosen, events, durationMs: Math.round(performance.now() - startedMs) })
} finally {
  await sql.end({ timeout: 5 })
  await broker.drain()
}
