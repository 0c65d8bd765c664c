// An app on fakes, with two tenants that have one of everything in both modes.
import { randomBytes } from 'node:crypto'
import type { Command } from '@wagate/messages/commands.ts'
import { parseCommand } from '@wagate/messages/commands.ts'
import {
  type ApiKeyRecord,
  type Scope,
  type SessionConfig,
  scopes,
  sessionConfigKey,
  type TenantRecord,
} from '@wagate/messages/control.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { createIds } from '@wagate/messages/ids.ts'
import { type LimitOverrides, limitsWith } from '@wagate/messages/plans.ts'
import { sharedPartitionOf } from '@wagate/messages/subjects.ts'
import { isPublic } from '@wagate/runtime/address.ts'
import type { StoredMessage } from '@wagate/runtime/broker.ts'
import { fakeBucket } from '@wagate/runtime/fakes/bucket.ts'
import { mintKey } from '../access/key.ts'
import { type AppDeps, createApp } from '../app.ts'
import { manualBilling } from '../billing/manual.ts'
import { createPublishCommand } from '../command/publish.ts'
import { watchFleet } from '../fleet/fleet.ts'
import { createCursors } from '../http/cursor.ts'
import { createSessionDirectory } from '../session/directory.ts'
import { createSessionStore } from '../session/store.ts'
import { fakeApiKeys } from './api-keys.ts'
import { fakeAudit } from './audit.ts'
import { fakeBroker } from './broker.ts'
import { fakeDeletions } from './deletions.ts'
import { addWebhook, fakeDeliveries } from './deliveries.ts'
import { fakeInbox } from './inbox.ts'
import { fakeJobs } from './jobs.ts'
import { fakePeople } from './people.ts'
import { fakePlans, loneQuota } from './plans.ts'
import { fakeQuickReplies } from './quick-replies.ts'
import { fakeRequests } from './requests.ts'
import { fakeRetention } from './retention.ts'
import { aWorker, workerId } from './samples.ts'
import { fakeServiceLevels } from './service-levels.ts'
import { fakeSessions } from './sessions.ts'
import { fakeSigning } from './signing.ts'
import { fakeSandbox, fakeWebhooks } from './stores.ts'
import { fakeSupport } from './support.ts'
import { fakeSystem } from './system.ts'
import { fakeTenants } from './tenants.ts'
import { fakeTimeline } from './timeline.ts'
import { fakeUsage } from './usage.ts'

export type World = Awaited<ReturnType<typeof createWorld>>
export type Inhabitant = World['ours']

export async function createWorld(overrides: Partial<AppDeps> = {}) {
  const now = overrides.now ?? (() => new Date())
  const newId = createIds({ now, randomBytes })
  const [sessions, pairing, idempotency] = [fakeBucket('sessions'), fakeBucket('pairing'), fakeBucket('idempotency')]
  const keys = new Map<string, ApiKeyRecord>()
  const tenants = new Map<string, TenantRecord>()
  const directory = createSessionDirectory()
  const [workers, failovers] = [fakeBucket('workers'), fakeBucket('failovers')]
  const fleet = await watchFleet(
    {
      workers,
      workerOrders: fakeBucket('worker_orders'),
      failovers,
      pools: fakeBucket('pools'),
    },
    { monotonicMs: () => performance.now(), now },
    async () => {},
  )
  await workers.put(workerId, Buffer.from(JSON.stringify(aWorker)))
  await sessions.watch({ onEntry: (entry) => void directory.apply(entry) })
  const inbox = fakeInbox(now, newId)
  const quickReplies = fakeQuickReplies()
  const webhooks = fakeWebhooks()
  const [deliveries, requests] = [fakeDeliveries(), fakeRequests()]
  const { setState, addSession, showQr, showPairing } = fakeSessions({ sessions, pairing, now, newId })
  const sandbox = fakeSandbox()
  const onRecord = fakeAudit(now, newId)
  const jobs = fakeJobs()
  const support = fakeSupport(now, newId)
  const people = fakePeople(now, newId, (tenantId) => tenants.get(tenantId)?.operators === true)
  const plans = fakePlans(tenants, now)
  const streams = fakeBroker()
  const accounts = fakeTenants({ tenants, people, plans, jobs, now, add: addTenantRecord })
  const published: { subject: string; command: Command; msgId: string | undefined }[] = []

  const { masterKey, signingKeys, tokens } = await fakeSigning(now)

  const deps: AppDeps = {
    now,
    newId,
    randomBytes,
    monotonicMs: () => performance.now(),
    findKey: (keyId) => keys.get(keyId),
    findTenant: (tenantId) => tenants.get(tenantId),
    noteUse: () => {},
    refreshKey: async () => undefined,
    refreshTenant: async () => undefined,
    rate: { perSecond: 1_000_000, burst: 1_000_000 },
    idempotency,
    publishCommand: createPublishCommand({
      publish: async (subject, data, options) => {
        const parsed = parseCommand(data)
        if (!parsed.ok) throw new Error(parsed.reason)
        published.push({ subject, command: parsed.command, msgId: options?.msgId })
        return { stream: 'COMMANDS', seq: published.length, duplicate: false }
      },
      source: 'gateway',
      timeoutMs: 1_000,
    }),
    broker: streams.broker,
    partitionOf: (sessionId) => sharedPartitionOf(sessionId, 64),
    directory,
    fleet,
    healthPatienceMs: 20,
    sharedPartitions: 64,
    ...createSessionStore(sessions, pairing),
    pause: async () => {},
    onLostCommand: () => {},
    askQueue: async () => undefined,
    cursors: createCursors('a secret of the tests'),
    ...inbox.deps,
    quickReplies,
    lastPosition: async () => 0,
    tail: async function* (): AsyncGenerator<StoredMessage> {},
    modeOfSession: directory.modeOf,
    onUnreadable: () => {},
    streams: { maxPerTenant: 2, heartbeatMs: 15_000, stallMs: 30_000 },
    onStreamClosed: () => {},
    draining: new AbortController().signal,
    apiKeys: fakeApiKeys(keys, now, randomBytes),
    ...people.deps,
    ...support.deps,
    control: {
      ...accounts.control,
      keys: fakeApiKeys(keys, now, randomBytes),
    },
    dashboardUrl: 'http://localhost:5173',
    ...{ timeline: fakeTimeline(), requests, webhooks, deliveries },
    quota: loneQuota(now),
    plans,
    tenantStore: accounts.store,
    readBusiness: async () => [],
    billing: manualBilling,
    onPlanChange: () => {},
    deletions: fakeDeletions(tenants, now),
    deletionGraceMs: 30 * 86_400_000,
    jobs: jobs.store,
    objects: { get: async () => undefined },
    retention: fakeRetention(),
    maxRetentionDays: () => 730,
    masterKey,
    tokens,
    signingKeys,
    readToken: tokens.read,
    urlPolicy: { allowPrivate: false },
    proxyPolicy: { isAllowed: isPublic, allowsInnerNames: false },
    sandbox,
    usage: fakeUsage().store,
    ...fakeSystem(),
    ...{ audit: onRecord.audit, auditStore: onRecord.auditStore, proxyHops: 0, dashboardSecret: undefined },
    serviceLevels: fakeServiceLevels().store,
    problemPages: new Map([['internal', '# Internal error']]),
    publicUrl: 'http://localhost:8080',
    metrics: { contentType: 'text/plain', text: async () => '' },
    ready: () => ({ ready: true }),
    observe: () => {},
    ...overrides,
  }

  function addKey(tenantId: string, mode: Mode, granted: readonly Scope[] = scopes, more: Partial<ApiKeyRecord> = {}) {
    const { keyId, text, secretHash } = mintKey(mode, randomBytes)
    const createdAt = now().toISOString()
    keys.set(keyId, { v: 1, keyId, tenantId, mode, secretHash, scopes: [...granted], createdAt, ...more })
    return text
  }

  function addTenantRecord(
    name: string,
    status: TenantRecord['status'] = 'active',
    agreed: LimitOverrides = {},
  ): string {
    const tenantId = newId('tenant')
    const createdAt = now().toISOString()
    const few = { liveSessions: 2, sandboxSessions: 3, sandboxPhones: 3, apiKeys: 1_000, webhookEndpoints: 3 }
    const limits = limitsWith('basic', { ...few, members: 100, ...agreed })
    tenants.set(tenantId, { v: 1, tenantId, name, status, plan: 'basic', limits, createdAt })
    return tenantId
  }

  /** A tenant with one of everything; `params` are the ids by the names that routes give them. */
  async function addTenant(status: TenantRecord['status'] = 'active', agreed: LimitOverrides = {}) {
    const tenantId = addTenantRecord('a tenant', status, agreed)
    const owner = people.addMember(tenantId, 'owner')
    const viewer = people.addMember(tenantId, 'viewer')
    const paramsOf = async (mode: Mode) => {
      const sessionId = await addSession(tenantId, mode)
      const { chatId, messageId } = inbox.addChat(tenantId, mode, sessionId)
      const replyId = newId('quickReply')
      const reply = { id: replyId, shortcut: `hello-${mode}`, text: 'Hello!', at: now(), most: 200 }
      await quickReplies.create(tenantId, reply)
      const { webhookId, deliveryId } = await addWebhook({ webhooks, deliveries, newId, now }, tenantId, mode)
      const phone = await sandbox.create(tenantId, {})
      const asked = { jobId: newId('job'), kind: 'export', mode, requestedBy: 'key:1', createdAt: now() } as const
      const job = await jobs.store.create(tenantId, asked)
      return {
        session_id: sessionId,
        message_id: messageId,
        chat_id: chatId,
        reply_id: replyId,
        webhook_id: webhookId,
        delivery_id: deliveryId,
        request_id: requests.add(tenantId, mode, newId('request')),
        phone_id: phone.id,
        key_id: addedKey(tenantId, mode),
        worker_id: workerId,
        sequence: String(streams.setAside(`cmd.s1.${tenantId}.${sessionId}.message.send`)),
        job_id: job.jobId,
        person_id: viewer,
        tenant_id: tenantId,
        access_id: support.open(tenantId, {
          ...{ operatorsId, operatorKind: 'key', operatorId: keyIdOf(operatorKey), reason: 'why', minutes: 60 },
        }).accessId,
        invitation_id: people.addInvitation(tenantId, `${newId('person').toLowerCase()}@example.com`).invitationId,
      }
    }
    const addedKey = (owner: string, mode: Mode): string => keyIdOf(addKey(owner, mode, ['messages:read']))
    return {
      tenantId,
      ownerToken: await tokenOf(tenantId, owner),
      key: addKey(tenantId, 'test'),
      liveKey: addKey(tenantId, 'live'),
      params: await paramsOf('test'),
      liveParams: await paramsOf('live'),
    }
  }

  /** As a member has it for a tenant. */
  async function tokenOf(tenantId: string, personId: string, mode: Mode = 'test'): Promise<string> {
    const exp = new Date(now().getTime() + 300_000)
    return tokens.issue({ sub: personId, person: true, tenant: tenantId, mode, exp })
  }

  const app = createApp(deps)
  const operatorsId = addTenantRecord('Operators')
  const operators = tenants.get(operatorsId)
  if (operators) tenants.set(operatorsId, { ...operators, operators: true })
  const operatorKey = addKey(operatorsId, 'live', ['operator'])
  const ours = await addTenant()
  const request = (
    key: string | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) =>
    app.request(path, {
      method,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })

  return {
    ...{ app, deps, request, published, sessions, pairing, idempotency, directory },
    ...{ streams, support, keys, people, tenants, inbox, webhooks, deliveries, sandbox, jobs, failovers, onRecord },
    messages: inbox.messages,
    /** The worker of the old partition has let go of a session that moves. */
    async arrive({ movingFrom: _, ...config }: SessionConfig) {
      await sessions.put(sessionConfigKey(config.tenantId, config.sessionId), Buffer.from(JSON.stringify(config)))
      await new Promise(setImmediate)
    },
    /** A worker of that pool comes up. */
    async serve(pool: string) {
      const record = { ...aWorker, workerId: `wrk_${pool}`, pools: [pool] }
      await workers.put(record.workerId, Buffer.from(JSON.stringify(record)))
      await new Promise(setImmediate)
    },
    ...{ tokenOf, addKey, addSession, addTenant, setState, showQr, showPairing },
    operatorKey,
    /** The account of the operators. */
    operatorsId,
    ours,
    theirs: await addTenant(),
  }
}

const keyIdOf = (key: string): string => key.split('_')[2] ?? ''
