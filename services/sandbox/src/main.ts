import { loadConfig } from './config.ts'
import { createSandbox } from './sandbox.ts'
import { muteConsole } from './signal/mute.ts'

muteConsole()

const log = (level: 'info' | 'error', event: string, fields: Record<string, unknown> = {}) => {
  const line = { time: new Date().toISOString(), level, service: 'sandbox', event, ...fields }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const config = loadConfig(process.env)
const sandbox = await createSandbox(config, {
  onError: (error) => log('error', 'stanza.failed', { error: error instanceof Error ? error.stack : String(error) }),
})
log('info', 'sandbox.started', { url: sandbox.url, wsUrl: sandbox.wsUrl, controlToken: 'set' })

const stop = async (signal: string) => {
  log('info', 'sandbox.stopping', { signal, connections: sandbox.connectionCount() })
  await sandbox.close()
  process.exit(0)
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)
