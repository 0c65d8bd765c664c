import { randomBytes } from 'node:crypto'
import { auditConsumer, shardConsumer } from '@wagate/messages/streams.ts'
import { connectBroker } from '@wagate/runtime/broker.ts'
import { serveHealth } from '@wagate/runtime/health.ts'
import { announceInstance } from '@wagate/runtime/instance.ts'
import { createLogger } from '@wagate/runtime/logger.ts'
import { createMetrics } from '@wagate/runtime/metrics.ts'
import { openPostgres, orUnavailable, waitForPostgres } from '@wagate/runtime/postgres.ts'
import { readyWhen } from '@wagate/runtime/ready-when.ts'
import { runService } from '@wagate/runtime/run-service.ts'
import { applyBatches } from './apply.ts'
import { recordEntries } from './audit/apply.ts'
import { createAuditHandler } from './audit/consume.ts'
import { holdAudit } from './audit/hold.ts'
import { createAuditObserver } from './audit/observe.ts'
import { ensureCheckpoints, readCheckpoint } from './checkpoint.ts'
import { loadConfig } from './config.ts'
import { createHandler } from './consume.ts'
import { createObserver, shards } from './observe.ts'
import { createPartitions, monthsFrom } from './partitions.ts'
import { createProjector } from './projector.ts'
import { isRefusal } from './refusal.ts'
import { consumeShards } from './shards.ts'

/** Longer than the largest batch takes. */
const applyTimeoutMs = 60_000

const config = loadConfig(process.env)
const logger = createLogger({ service: 'projector', level: config.logLevel })
const now = () => new Date()

await runService({
  logger,
  async start(service) {
    logger.info({ event: 'service.starting', config: config.described })
    const metrics = createMetrics({ service: 'projector' })

    const broker = await connectBroker({ ...config.nats, name: 'projector', logger, leaseTtlMs: config.leaseTtlMs })
    service.onStop('broker', () => broker.drain())
    const instance = announceInstance({ broker, logger, service: 'projector', stopping: service.stopping })
    service.onStop('instance', () => instance.stop())
    void broker.closed.then(
      () => service.stopping.aborted || service.fail(new Error('the broker closed the connection')),
    )
    const sql = openPostgres({ url: config.databaseUrl, applicationName: 'projector', max: 4, planEachTime: true })
    service.onStop('postgres', () => sql.end({ timeout: 5 }))

    const observer = createObserver({ metrics, logger, broker, now })
    const partitions = createPartitions()
    let consuming: Awaited<ReturnType<typeof consumeShards>> | undefined
    const health = await serveHealth({
      host: config.host,
      port: config.port,
      metrics,
      ready: instance.watch(
        readyWhen({
          brokerStatus: broker.status,
          askPostgres: async () => sql`select 1`,
          hasStarted: () => consuming !== undefined,
          stopping: service.stopping,
        }),
      ),
    })
    service.onStop('health', () => health.close())

    await broker.check(config.partitions, { leaseTtlMs: config.leaseTtlMs })
    await waitForPostgres(sql, logger, service.stopping)
    const consumers = [...shards.map((shard) => shardConsumer('projector', shard)), auditConsumer.name]
    await ensureCheckpoints(sql, consumers)
    await partitions.ensure(sql, monthsFrom(now()))

    const projector = createProjector({
      // The driver may never answer on a connection that died at the wrong moment: the batch is tried again on another one.
      applyBatches: (batches) => orUnavailable(() => applyBatches(sql, partitions, batches), applyTimeoutMs),
      isRefusal,
      onApplied: observer.onApplied,
      gatherMs: config.gatherMs,
    })
    const copy = {
      ...{ broker, logger, leaseTtlMs: config.leaseTtlMs, maxMessages: config.batch },
      owner: `projector_${randomBytes(8).toString('hex')}`,
    }
    consuming = await consumeShards({
      ...copy,
      handlerOf: (consumer) => createHandler({ ...observer, project: projector.project }, consumer),
      onHeld: async (consumer) => {
        const until = await readCheckpoint(sql, consumer).catch(() => undefined) // only for the lag
        if (until) observer.begin(until)
      },
      onLost: observer.forget,
    })
    service.onStop('shards', () => consuming?.close())

    const auditObserver = createAuditObserver({ metrics, logger, broker })
    const recording = await holdAudit({
      ...copy,
      handle: createAuditHandler({
        ...auditObserver,
        record: (batch) => orUnavailable(() => recordEntries(sql, batch), applyTimeoutMs),
      }),
      position: async () => {
        const until = await readCheckpoint(sql, auditConsumer.name)
        auditObserver.begin(until)
        return until?.seq ?? 0
      },
      onLost: auditObserver.forget,
    })
    service.onStop('audit', () => recording.close())

    const everyHour = setInterval(() => {
      partitions.ensure(sql, monthsFrom(now())).catch((err) => logger.warn({ event: 'partitions.failed', err }))
    }, 3_600_000)
    const everyFewSeconds = setInterval(() => {
      Promise.all([observer.measureLag(), auditObserver.measureLag()]).catch((err) =>
        logger.warn({ event: 'lag.unknown', err }),
      )
    }, 10_000)
    service.onStop('timers', () => [everyHour, everyFewSeconds].forEach(clearInterval))
  },
})
