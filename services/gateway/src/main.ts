// The gateway process: config → broker and Postgres → mirrors → app → listen; on a signal the other way round.
import { join } from 'node:path'
import { limitsOf } from '@wagate/messages/control.ts'
import { createIds } from '@wagate/messages/ids.ts'
import { connectBroker } from '@wagate/runtime/broker.ts'
import { brokerAccess, describeConfig, masterKeyOf, objectStoreAccess, proxyPolicyOf } from '@wagate/runtime/config.ts'
import { announceInstance } from '@wagate/runtime/instance.ts'
import { createLogger } from '@wagate/runtime/logger.ts'
import { createMetrics } from '@wagate/runtime/metrics.ts'
import { objectStore } from '@wagate/runtime/object-store.ts'
import { pause } from '@wagate/runtime/pause.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { runService } from '@wagate/runtime/run-service.ts'
import { openMirrors } from './access/mirrors.ts'
import { createErasureRegister } from './account/erasure-register.ts'
import { createPeople, keepSwept } from './account/people.ts'
import { createAnalyticsStore } from './analytics/store.ts'
import { createKeyUses, keepUsesWritten } from './api-key/uses.ts'
import { createApp } from './app.ts'
import { createAuditLog, keepRecording } from './audit/log.ts'
import { manualBilling } from './billing/manual.ts'
import { createReadBusiness } from './business/store.ts'
import { createTellSession } from './chat/tell-session.ts'
import { createPublishCommand } from './command/publish.ts'
import { loadConfig } from './config.ts'
import { createControl } from './control/manage.ts'
import { keepReconciled } from './control/reconcile.ts'
import { loadProblemPages } from './docs/load-problem-pages.ts'
import { createEventSource, createModeOfSession } from './event/source.ts'
import { watchFleet } from './fleet/fleet.ts'
import { fleetGauges } from './fleet/metrics.ts'
import { poolsNow } from './fleet/routes.ts'
import { createCursors } from './http/cursor.ts'
import { createObserve } from './http/observe.ts'
import { serveHttp } from './http/serve.ts'
import { startMailing } from './mail/start.ts'
import { createAskQueue } from './message/ask-queue.ts'
import { createMessageViews } from './message/views.ts'
import { createPlacement, keepPlaced } from './plan/placement.ts'
import { createInTenant } from './postgres/in-tenant.ts'
import { createStores } from './postgres/stores.ts'
import { openQuota } from './quota/exchange.ts'
import { createRandomBytes } from './random-bytes.ts'
import { startRequestLog } from './request-log/start.ts'
import { createSandboxControl } from './sandbox/control.ts'
import { createServiceLevelStore } from './service-level/store.ts'
import { createSessionDirectory } from './session/directory.ts'
import { createSessionStore } from './session/store.ts'
import { openSystemHealth } from './system-health/open.ts'
import { createTenantStore } from './tenant/store.ts'
import { createSigningKeys, keepSigningKeys } from './token/signing-keys.ts'
import { createTokens } from './token/tokens.ts'
import { startCounting } from './usage/calls.ts'
import { createUsageStore } from './usage/store.ts'

const config = loadConfig(process.env)
const logger = createLogger({ service: 'gateway', level: config.LOG_LEVEL })
const metrics = createMetrics({ service: 'gateway' })
const now = () => new Date()
const randomBytes = createRandomBytes()
const newId = createIds({ now, randomBytes })

await runService({
  logger,
  async start(service) {
    logger.info({ event: 'service.starting', config: describeConfig(config) })
    const repository = join(import.meta.dirname, '../../..')
    const problemPages = await loadProblemPages(join(repository, 'docs/problems'))

    const broker = await connectBroker({
      ...brokerAccess(config),
      name: 'gateway',
      logger,
    })
    service.onStop('broker', () => broker.drain())
    const instance = announceInstance({ broker, logger, service: 'gateway', stopping: service.stopping })
    service.onStop('instance', () => instance.stop())
    void broker.closed.then(() => {
      if (!service.stopping.aborted) service.fail(new Error('the broker refused the connection'))
    })
    await broker.check(config.PARTITIONS, { leaseTtlMs: config.LEASE_TTL_MS })

    const sql = openPostgres({
      url: config.DATABASE_URL,
      applicationName: 'gateway',
      max: config.DATABASE_POOL,
      statementTimeoutMs: 4_000,
    })
    service.onStop('postgres', () => sql.end({ timeout: 5 }))
    const inTenant = createInTenant(sql, 4_000)
    const objects = objectStore(objectStoreAccess(config))
    service.onStop('object store', () => objects.close())
    const views = createMessageViews(inTenant)

    const buckets = {
      tenants: await broker.kv('tenants'),
      members: await broker.kv('members'),
      supportAccesses: await broker.kv('support_accesses'),
      apiKeys: await broker.kv('api_keys'),
      sessions: await broker.kv('sessions'),
      pairing: await broker.kv('pairing'),
      idempotency: await broker.kv('idempotency'),
      signingKeys: await broker.kv('signing_keys'),
    }
    const directory = createSessionDirectory()
    const mirrors = await openMirrors(buckets, { logger, monotonicMs: () => performance.now() })
    const sessions = await buckets.sessions.watch({
      onEntry: (entry) => {
        if (!directory.apply(entry)) logger.error({ event: 'mirror.unreadable', bucket: 'sessions', key: entry.key })
      },
    })
    service.onStop('mirrors', () => Promise.all([mirrors.stop(), sessions.stop()]))
    await Promise.all([mirrors.ready, sessions.ready])

    const fleet = await watchFleet(
      {
        workers: await broker.kv('workers'),
        workerOrders: await broker.kv('worker_orders'),
        failovers: await broker.kv('failovers'),
        pools: await broker.kv('pools'),
      },
      { monotonicMs: () => performance.now(), now },
      broker.provisionConsumers,
    )
    service.onStop('fleet', () => fleet.stop())
    const refreshFleet = fleetGauges(metrics, () => poolsNow({ fleet, directory }))

    const control = createControl({ sql, ...buckets, now, newId, randomBytes })
    const counting = await openQuota({
      ...{ broker, now, logger, metrics },
      bucket: await broker.kv('message_counts'),
    })
    service.onStop('quotas', () => counting.stop())
    const moving = { ...createSessionStore(buckets.sessions, buckets.pairing), directory, fleet }
    const placement = createPlacement({
      ...{ ...moving, sharedPartitions: config.PARTITIONS, findTenant: mirrors.lookups.findTenant },
      tenants: mirrors.tenants,
      planPools: { basic: config.POOL_BASIC, pro: config.POOL_PRO },
    })
    const misplaced = metrics.gauge(
      'plan_sessions_waiting',
      'Sessions that wait for a worker of the pool of their plan',
    )
    const placing = keepPlaced(
      placement,
      { logger, onWaiting: (sessions) => misplaced.set(sessions) },
      service.stopping,
    )
    service.onStop('placement', () => placing)

    const reconciling = keepReconciled({ sql, ...buckets, control, logger, now }, service.stopping)
    service.onStop('reconciler', () => reconciling)

    const signingKeys = createSigningKeys({
      bucket: buckets.signingKeys,
      known: mirrors.signingRecords,
      masterKey: masterKeyOf(config),
      now,
    })
    await signingKeys.refresh()
    const keepingSigningKeys = keepSigningKeys(signingKeys, logger, service.stopping)
    service.onStop('signing keys', () => keepingSigningKeys)
    const tokens = createTokens({ signingKeys, publicUrl: config.PUBLIC_URL, now })
    const keyUses = createKeyUses({ noteUses: control.keys.noteUses, now })
    const writingUses = keepUsesWritten(keyUses, logger, service.stopping)
    service.onStop('key uses', () => writingUses)

    const outbox = startMailing({ sql, config, newId, logger, metrics, service })

    const waitingEntries = metrics.gauge('audit_waiting', 'Entries of the audit log that wait for the broker in memory')
    const audit = createAuditLog({
      ...{ publish: broker.publish, status: broker.status, pause, now, newId, timeoutMs: 4_000 },
      monotonicMs: () => performance.now(),
      onWaiting: (entry, err) => logger.error({ event: 'audit.waiting', entry, err }),
      onLost: (entry) => logger.error({ event: 'audit.lost', entry }),
    })
    const recording = keepRecording(audit, (ms) => pause(ms, service.stopping), service.stopping)
    service.onStop('audit', async () => {
      await recording
      await audit.retry() // requests have ended by now
    })

    const usage = createUsageStore(inTenant)
    const gatewayId = `gw_${Buffer.from(randomBytes(10)).toString('hex')}`
    const calls = startCounting({ usage, gatewayId, now, metrics, logger }, service.stopping)
    service.onStop('api calls', calls.stop)
    const requestLog = startRequestLog({ sql, newId, now, metrics, logger }, service.stopping)
    service.onStop('request log', requestLog.stop)
    const observe = createObserve({ logger, metrics, sample: config.LOG_SAMPLE, random: Math.random })
    const dashboardUrl = config.DASHBOARD_URL
    const people = createPeople({
      ...{ sql, secret: config.ACCOUNTS_SECRET, dashboardUrl, queueMail: outbox.queue, newId, now, logger },
      randomBytes,
      onRecord: { audit, members: control.members },
    })
    const sweeping = keepSwept(people, logger, service.stopping)
    service.onStop('sweeper', () => sweeping)

    const sandbox = createSandboxControl({
      ...{ baseUrl: config.SANDBOX_URL, token: config.SANDBOX_CONTROL_TOKEN, fetch, timeoutMs: 30_000 },
    })

    const app = createApp({
      ...(await openSystemHealth({
        ...{ broker, sql, objects, sandbox, fleet, service, repository, watched: mirrors.watched },
      })),
      audit,
      ...createStores(inTenant),
      proxyHops: config.PROXY_HOPS,
      dashboardSecret: config.DASHBOARD_SECRET,
      now,
      newId,
      randomBytes,
      monotonicMs: () => performance.now(),
      ...mirrors.lookups,
      supportAccesses: control.supportAccesses,
      noteUse: keyUses.note,
      readToken: tokens.read,
      tokens,
      signingKeys,
      rate: { perSecond: config.RATE_LIMIT_PER_SECOND, burst: config.RATE_LIMIT_BURST },
      idempotency: buckets.idempotency,
      publishCommand: createPublishCommand({ publish: broker.publish, source: 'gateway', timeoutMs: 4_000 }),
      partitionOf: placement.partitionOf,
      quota: counting.quota,
      plans: control.plans,
      billing: manualBilling,
      onPlanChange: (change) => logger.info({ event: 'plan.changed', ...change }),
      broker,
      directory,
      fleet,
      pause: (ms) => pause(ms, service.stopping),
      healthPatienceMs: 1_500,
      sharedPartitions: config.PARTITIONS,
      ...createSessionStore(buckets.sessions, buckets.pairing),
      askQueue: createAskQueue(broker),
      tellSession: createTellSession(broker, directory),
      onLostCommand: (error, sessionId) => logger.warn({ event: 'command.lost', sessionId, err: error }),
      cursors: createCursors(config.CURSOR_SECRET),
      views,
      ...createEventSource(broker),
      modeOfSession: createModeOfSession(directory, views),
      onUnreadable: (reason) => logger.error({ event: 'event.unreadable', reason }),
      streams: { maxPerTenant: config.MAX_STREAMS_PER_TENANT, heartbeatMs: 15_000, stallMs: 30_000 },
      onStreamClosed: (closed) => logger.info({ event: 'stream.closed', ...closed }),
      draining: service.stopping,
      apiKeys: control.keys,
      control,
      members: control.members,
      persons: control.persons,
      erasedPeople: createErasureRegister({ objects, now }),
      forgetMails: outbox.removeTo,
      tenantStore: createTenantStore(sql),
      readBusiness: createReadBusiness(sql),
      ...people,
      queueMail: outbox.queue,
      dashboardUrl,
      masterKey: masterKeyOf(config),
      proxyPolicy: { isAllowed: proxyPolicyOf(config), allowsInnerNames: config.PROXY_NETWORKS !== undefined },
      urlPolicy: { allowPrivate: config.ALLOW_PRIVATE_ENDPOINTS },
      deletions: control.deletions,
      deletionGraceMs: config.DELETION_GRACE_DAYS * 86_400_000,
      objects,
      maxRetentionDays: (tenant) => limitsOf(tenant).retentionDays,
      sandbox,
      problemPages,
      publicUrl: config.PUBLIC_URL,
      usage,
      analytics: createAnalyticsStore(inTenant),
      serviceLevels: createServiceLevelStore(sql, inTenant),
      metrics: {
        ...metrics,
        text: () => {
          refreshFleet()
          waitingEntries.set(audit.waiting())
          return metrics.text()
        },
      },
      ready: instance.watch(() => {
        const waitingFor = broker.status() === 'connected' ? [] : ['broker']
        return { ready: waitingFor.length === 0 && !service.stopping.aborted, waitingFor }
      }),
      observe: (exchange, request) => {
        observe(exchange, request)
        requestLog.note(exchange, request)
        // What support looks at is no use of the account's.
        if (exchange.caller && exchange.caller.actor.kind !== 'support') calls.count(exchange.caller, request.status)
      },
    })
    const server = await serveHttp({
      fetch: app.fetch,
      host: config.HOST,
      port: config.PORT,
      newId: () => newId('request'),
    })
    service.onStop('http', () => server.close())
    logger.info({ event: 'http.listening', host: config.HOST, port: server.port })
  },
})
