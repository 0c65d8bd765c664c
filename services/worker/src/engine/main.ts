// An engine process. Started by the supervisor, talks to it over IPC, and ends with it.
import { setPriority } from 'node:os'
import { loadEngineConfig } from '../config.ts'
import { muteConsole } from './mute-console.ts'

muteConsole()
// Node makes and drops an Error inside each createHmac and createCipheriv that is given a plain key, as Baileys and libsignal do;
// without the stack trace that costs half. Errors keep their message.
Error.stackTraceLimit = 0
// Encrypting a backlog takes every core it gets. Leases, the broker and the gateway, where they share the host, go first.
setPriority(5)

// Without its supervisor an engine must not stay: nobody would tell it that its leases are gone. The supervisor may have died
// while this program was being read, which is told to nobody.
process.on('disconnect', () => process.exit(1))
if (!process.connected) process.exit(1)

const config = loadEngineConfig(process.env)
const { createLogger } = await import('@wagate/runtime/logger.ts')
const { runEngine } = await import('./run.ts')
const logger = createLogger({ service: 'worker', level: config.logLevel }).child({ engineId: config.engineId })

// The supervisor decides when to stop; a terminal's Ctrl-C reaches both.
process.on('SIGTERM', () => {})
process.on('SIGINT', () => {})

// A promise that Baileys forgot must not end the sessions of everybody; an exception may have left anything half-done.
process.on('unhandledRejection', (reason) => logger.error({ event: 'engine.unhandled_rejection', err: reason }))
process.on('uncaughtException', (error) => {
  logger.fatal({ event: 'engine.uncaught_exception', err: error })
  process.exit(1)
})

await runEngine(config, logger, {
  send: (report) => {
    if (!process.connected) return
    process.send?.(report, undefined, {}, () => {
      if (report.type === 'drained') process.exit(0)
    })
  },
  onOrder: (listener) => process.on('message', listener),
  kill: () => {
    process.kill(process.pid, 'SIGKILL')
    throw new Error('killed at a fault point')
  },
  exit: (why) => {
    logger.fatal({ event: 'engine.failed', reason: why })
    process.exit(1)
  },
  monotonicMs: () => Number(process.hrtime.bigint() / 1_000_000n),
})
