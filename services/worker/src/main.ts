// The worker's supervisor: leases, engines, health. Crypto and sockets live in the engine processes that it starts.
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connectBroker } from '@wagate/runtime/broker.ts'
import { serveHealth } from '@wagate/runtime/health.ts'
import { announceInstance } from '@wagate/runtime/instance.ts'
import { createLogger } from '@wagate/runtime/logger.ts'
import { createMetrics } from '@wagate/runtime/metrics.ts'
import { runService } from '@wagate/runtime/run-service.ts'
import { loadConfig } from './config.ts'
import { assembleSupervisor } from './supervisor/assemble.ts'
import { systemClock } from './supervisor/clock.ts'

const config = loadConfig(process.env)
const { workerId } = config
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
const logger = createLogger({ service: 'worker', level: config.logLevel }).child({ workerId })
const metrics = createMetrics({ service: 'worker' })
const faults = [...config.faultPoints]

await runService({
  logger,
  start: async (service) => {
    const broker = await connectBroker({ ...config.broker, name: workerId, logger })
    service.onStop('broker', () => broker.drain())
    const told = { service: 'worker', instanceId: workerId, stopping: service.stopping } as const
    const instance = announceInstance({ broker, logger, ...told })
    service.onStop('instance', () => instance.stop())
    void broker.closed.then(
      () => service.stopping.aborted || service.fail(new Error('the broker closed the connection')),
    )
    await broker.check(config.partitions, { leaseTtlMs: config.leaseTtlMs })

    const { engines, refreshGauges, drain } = await assembleSupervisor({
      config,
      version: String(version),
      broker,
      logger,
      metrics,
      fork: (engineId) => {
        const fault = faults.shift()
        return fork(fileURLToPath(new URL('./engine/main.ts', import.meta.url)), {
          env: {
            ...process.env,
            ENGINE_ID: `${workerId}-${engineId}`,
            FAULT_POINTS: '',
            FAULT_POINT: fault === 'none' ? '' : (fault ?? ''),
          },
        })
      },
      clock: systemClock,
    })
    service.onStop('engines', () => engines.kill())
    process.on('exit', () => engines.kill()) // also when the stop is overdue
    service.onStop('sessions', drain)

    const health = await serveHealth({
      host: config.host,
      port: config.port,
      metrics: {
        ...metrics,
        text: () => {
          refreshGauges()
          return metrics.text()
        },
      },
      ready: instance.watch(() => {
        const waitingFor = [
          ...(broker.status() === 'connected' ? [] : ['broker']),
          ...(engines.ready().length > 0 ? [] : ['engines']),
        ]
        return { ready: waitingFor.length === 0 && !service.stopping.aborted, waitingFor }
      }),
    })
    service.onStop('health', () => health.close())
  },
})
