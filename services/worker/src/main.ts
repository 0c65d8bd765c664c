// The worker's supervisor: leases, engines, health. Crypto and sockets live in the engine processes that it starts.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { connectBroker } from '@wagate/runtime/broker.ts'
import { serveHealth } from '@wagate/runtime/health.ts'
import { createLogger } from '@wagate/runtime/logger.ts'
import { createMetrics } from '@wagate/runtime/metrics.ts'
import { runService } from '@wagate/runtime/run-service.ts'
import { loadConfig } from './config.ts'
import { createEngines, type Engines } from './supervisor/engines.ts'
import { createLeases } from './supervisor/leases.ts'
import { every } from './supervisor/loops.ts'
import { workerGauges } from './supervisor/metrics.ts'
import { startSupervisor } from './supervisor/supervisor.ts'

const config = loadConfig(process.env)
const { workerId, hostname: host } = config
const logger = createLogger({ service: 'worker', level: config.logLevel }).child({ workerId })
const metrics = createMetrics({ service: 'worker' })
const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n)
const faults = [...config.faultPoints]

await runService({
  logger,
  start: async (service) => {
    const broker = await connectBroker({ ...config.broker, name: workerId, logger })
    service.onStop('broker', () => broker.drain())
    void broker.closed.then(
      () => service.stopping.aborted || service.fail(new Error('the broker closed the connection')),
    )
    await broker.check(config.partitions, { leaseTtlMs: config.leaseTtlMs })

    const leases = createLeases({
      kv: await broker.kv('leases'),
      owner: workerId,
      host,
      now: () => new Date(),
      monotonicMs,
      ttlMs: config.leaseTtlMs,
      onLost: (partition) => {
        logger.warn({ event: 'lease.lost', partition })
        engines.revoke(partition)
      },
    })
    const place: { run: () => void } = { run: () => {} }
    const engines: Engines = createEngines(
      {
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
        monotonicMs,
        after: (ms, run) => void setTimeout(run, ms),
        renewedAtMs: leases.renewedAtMs,
        hungAfterMs: Math.max(3_000, config.leaseTtlMs / 2),
        onCapacity: () => place.run(),
        log: (event, fields) => logger.warn({ event, ...fields }),
      },
      config.engines,
    )
    service.onStop('engines', () => engines.kill())
    process.on('exit', () => engines.kill()) // also when the stop is overdue

    const supervisor = await startSupervisor({
      workerId,
      host,
      capacity: config.capacity,
      partitions: config.partitions,
      leaseTtlMs: config.leaseTtlMs,
      leases,
      engines,
      workers: await broker.kv('workers'),
      now: () => new Date(),
      monotonicMs,
      random: Math.random,
      every,
    })
    place.run = supervisor.place
    service.onStop('sessions', () => supervisor.drain())

    const refreshGauges = workerGauges(metrics, () => engines, leases)
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
      ready: () => {
        const waitingFor = [
          ...(broker.status() === 'connected' ? [] : ['broker']),
          ...(engines.ready().length > 0 ? [] : ['engines']),
        ]
        return { ready: waitingFor.length === 0 && !service.stopping.aborted, waitingFor }
      },
    })
    service.onStop('health', () => health.close())
  },
})
