import { setPriority } from 'node:os'
import { loadConfig } from './config.ts'
import { createSandbox } from './sandbox.ts'
import { muteConsole } from './signal/mute.ts'
import { sessionCipher, tryOnCopies } from './signal/session-trial.ts'

muteConsole()
tryOnCopies(sessionCipher())
// The world outside is nobody's bottleneck: on a shared machine the services under development go first.
setPriority(5)
// Node 24 throws and catches an error inside every hash and cipher that is given its key as a buffer, as libsignal gives it. Collecting
// their stack traces was half of this process's CPU.
Error.stackTraceLimit = 0

const log = (level: 'info' | 'error', event: string, fields: Record<string, unknown> = {}) => {
  const line = { time: new Date().toISOString(), level, service: 'sandbox', event, ...fields }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const config = loadConfig(process.env)
const sandbox = await createSandbox(config, {
  onError: (error) => log('error', 'stanza.failed', { error: String(error) }),
})
log('info', 'sandbox.started', { url: sandbox.url, wsUrl: sandbox.wsUrl, controlToken: 'set' })

const stop = async (signal: string) => {
  log('info', 'sandbox.stopping', { signal, connections: sandbox.connectionCount() })
  await sandbox.close()
  process.exit(0)
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)
