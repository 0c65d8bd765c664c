import { connectBroker } from '@wagate/runtime/broker.ts'
import { serveHealth } from '@wagate/runtime/health.ts'
import { announceInstance } from '@wagate/runtime/instance.ts'
import { createLogger } from '@wagate/runtime/logger.ts'
import { createMetrics } from '@wagate/runtime/metrics.ts'
import { objectStore } from '@wagate/runtime/object-store.ts'
import { openPostgres, waitForPostgres } from '@wagate/runtime/postgres.ts'
import { readyWhen } from '@wagate/runtime/ready-when.ts'
import { runService } from '@wagate/runtime/run-service.ts'
import { loadConfig } from './config.ts'
import { createErasePerson } from './erase/person.ts'
import { createEraseTenant } from './erase/tenant.ts'
import { createExport, removeOldArchives, removeOldJobs } from './export/run.ts'
import { readSessionNames } from './export/session-names.ts'
import { overdueJobs } from './job/queries.ts'
import { startRunner } from './job/runner.ts'
import { createJobStore } from './job/store.ts'
import { createObserver } from './observe.ts'
import { dropOldMonths } from './retention/months.ts'
import { planDays } from './retention/plan-days.ts'
import { ensureRetentionJobs } from './retention/queries.ts'
import { createRetention } from './retention/run.ts'

const config = loadConfig(process.env)
const logger = createLogger({ service: 'scheduler', level: config.logLevel })
const now = () => new Date()
/** How long the archive of an export can be fetched, and how long ended jobs can be listed. */
const kept = { archiveMs: 7 * 86_400_000, jobDays: 90 }

await runService({
  logger,
  async start(service) {
    logger.info({ event: 'service.starting', config: config.described })
    const metrics = createMetrics({ service: 'scheduler' })

    const broker = await connectBroker({ ...config.nats, name: 'scheduler', logger, leaseTtlMs: config.leaseTtlMs })
    service.onStop('broker', () => broker.drain())
    const instance = announceInstance({ broker, logger, service: 'scheduler', stopping: service.stopping })
    service.onStop('instance', () => instance.stop())
    void broker.closed.then(
      () => service.stopping.aborted || service.fail(new Error('the broker closed the connection')),
    )
    const sql = openPostgres({
      url: config.databaseUrl,
      applicationName: 'scheduler',
      max: config.jobsAtOnce + 2,
      planEachTime: true,
      statementTimeoutMs: 30_000,
    })
    service.onStop('postgres', () => sql.end({ timeout: 5 }))

    const objects = objectStore(config.objects)
    service.onStop('object store', () => objects.close())

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

    const observer = createObserver({ metrics, logger })
    const retention = createRetention({
      sql,
      broker,
      now,
      maxDaysOf: async (tenantId) =>
        Math.min((await planDays(sql, tenantId)) ?? Number.POSITIVE_INFINITY, config.keepAtMostDays),
      everyMs: config.retentionEveryMs,
      onRemoved: observer.onRemoved,
    })
    const runner = startRunner({
      store: createJobStore(sql, config.claimMs),
      handlers: {
        retention,
        export: createExport({
          ...{ sql, objects, now, keptMs: kept.archiveMs },
          readSessionNames: (tenantId) => readSessionNames(broker, tenantId),
        }),
        erase_person: createErasePerson({ sql, broker, settleMs: config.settleMs }),
        erase_tenant: createEraseTenant({
          ...{ sql, broker, objects, now },
          ...{ unlinkWithinMs: config.unlinkWithinMs, settleMs: config.settleMs },
        }),
      },
      maxAttempts: { export: 5 },
      atOnce: config.jobsAtOnce,
      everyMs: 1_000,
      renewEveryMs: config.claimMs / 4,
      random: Math.random,
      monotonicMs: () => performance.now(),
      onEnded: observer.onEnded,
      onOutage: (err) => logger.warn({ event: 'jobs.waiting', err }),
    })
    service.onStop('jobs', () => runner.close())
    started = true

    /** Now and again and again, each by itself: while S3 is away, jobs are planned and counted all the same. */
    const every = async (ms: number, failure: string, chore: () => Promise<unknown>): Promise<void> => {
      const run = () => chore().catch((err) => logger.warn({ event: failure, err }))
      const timer = setInterval(run, ms)
      service.onStop(failure, () => clearInterval(timer))
      await run()
    }
    await every(20_000, 'jobs.not_planned', () => ensureRetentionJobs(sql, config.retentionEveryMs))
    await every(20_000, 'jobs.not_counted', async () => observer.sample(await overdueJobs(sql), runner.running()))
    await every(20_000, 'jobs.kept', () => removeOldJobs(sql, kept.jobDays))
    await every(20_000, 'exports.archives_kept', () => removeOldArchives(sql, objects))
    await every(3_600_000, 'retention.months_kept', async () =>
      observer.onDropped(await dropOldMonths(sql, config.keepAtMostDays, now())),
    )
  },
})
