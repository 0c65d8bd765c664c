import { randomBytes } from 'node:crypto'
import { connectBroker } from '@wagate/runtime/broker.ts'
import { serveHealth } from '@wagate/runtime/health.ts'
import { announceInstance } from '@wagate/runtime/instance.ts'
import { createLogger } from '@wagate/runtime/logger.ts'
import { createMetrics } from '@wagate/runtime/metrics.ts'
import { openPostgres, waitForPostgres } from '@wagate/runtime/postgres.ts'
import { readyWhen } from '@wagate/runtime/ready-when.ts'
import { runService } from '@wagate/runtime/run-service.ts'
import { createSender, defaultSendConfig } from './attempt/send.ts'
import { loadConfig } from './config.ts'
import { createHandler } from './consume.ts'
import { openDeliveries } from './deliveries.ts'
import { removeOldDeliveries } from './delivery/queries.ts'
import { consumeShards } from './shards.ts'

const config = loadConfig(process.env)
const logger = createLogger({ service: 'webhooks', level: config.logLevel })

await runService({
  logger,
  async start(service) {
    logger.info({ event: 'service.starting', config: config.described })
    const metrics = createMetrics({ service: 'webhooks' })

    const broker = await connectBroker({ ...config.nats, name: 'webhooks', logger, leaseTtlMs: config.leaseTtlMs })
    service.onStop('broker', () => broker.drain())
    const instance = announceInstance({ broker, logger, service: 'webhooks', stopping: service.stopping })
    service.onStop('instance', () => instance.stop())
    void broker.closed.then(
      () => service.stopping.aborted || service.fail(new Error('the broker closed the connection')),
    )
    const sql = openPostgres({ url: config.databaseUrl, applicationName: 'webhooks', max: 4, planEachTime: true })
    service.onStop('postgres', () => sql.end({ timeout: 5 }))

    let started = false
    const health = await serveHealth({
      host: config.host,
      port: config.port,
      metrics,
      ready: instance.watch(
        readyWhen({
          brokerStatus: broker.status,
          askPostgres: async () => sql`select 1`,
          hasStarted: () => started,
          stopping: service.stopping,
        }),
      ),
    })
    service.onStop('health', () => health.close())

    await broker.check(config.partitions, { leaseTtlMs: config.leaseTtlMs })
    await waitForPostgres(sql, logger, service.stopping)

    const sender = createSender({ ...defaultSendConfig, allowPrivate: config.allowPrivate }, () => new Date())
    service.onStop('connections', () => sender.close())
    const deliveries = await openDeliveries({ sql, sender, master: config.master, metrics, logger })
    service.onStop('deliveries', () => deliveries.close())

    const shards = await consumeShards({
      broker,
      logger,
      leaseTtlMs: config.leaseTtlMs,
      owner: `webhooks_${randomBytes(8).toString('hex')}`,
      maxMessages: 200,
      handlerOf: (consumer) => createHandler({ ...deliveries, onPutAside: deliveries.observer.onPutAside }, consumer),
    })
    service.onStop('shards', () => shards.close())
    started = true

    const sample = setInterval(() => deliveries.observer.sample(), 5_000)
    const removeOld = async () => {
      while (!service.stopping.aborted && (await removeOldDeliveries(sql, config.keepDays)) > 0);
    }
    const clean = setInterval(() => {
      removeOld().catch((err) => logger.warn({ event: 'cleaning.failed', err }))
    }, 600_000)
    service.onStop('timers', () => [sample, clean].forEach(clearInterval))
  },
})
