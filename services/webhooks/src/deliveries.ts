// The working parts of the service put together, without a broker: events come in through `record`.
import { randomBytes } from 'node:crypto'
import { createIds } from '@wagate/messages/ids.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Metrics } from '@wagate/runtime/metrics.ts'
import type { MasterKey } from '@wagate/runtime/seal.ts'
import type { Sql } from 'postgres'
import { defaultPolicy, type RetryPolicy } from './attempt/next-attempt.ts'
import type { Sender } from './attempt/send.ts'
import { createAttempt } from './delivery/attempt.ts'
import { claimMs, type Delivery } from './delivery/delivery.ts'
import { createDispatcher } from './delivery/dispatcher.ts'
import { startPoller } from './delivery/poller.ts'
import {
  cancelOrphans,
  claimDue,
  insertDeliveries,
  releaseClaims,
  sessionModes,
  settleDeliveries,
} from './delivery/queries.ts'
import { createRecorder } from './delivery/recorder.ts'
import { createSettler } from './delivery/settler.ts'
import { openDirectory } from './endpoint/directory.ts'
import { disableGoneEndpoint } from './endpoint/queries.ts'
import { createObserver } from './observe.ts'
import { isRefusal } from './refusal.ts'
import { createSessionModes } from './session-modes.ts'

export type DeliveriesDeps = {
  sql: Sql
  sender: Sender
  master: MasterKey
  metrics: Metrics
  logger: Logger
  policy?: RetryPolicy
  /** How often due deliveries are looked for. */
  pollEveryMs?: number
}

/** Resolves once every endpoint is known. `close` ends the attempts in flight and gives back what was not begun. */
export async function openDeliveries({
  sql,
  sender,
  master,
  metrics,
  logger,
  policy = defaultPolicy,
  pollEveryMs = 1_000,
}: DeliveriesDeps) {
  const now = () => new Date()
  const monotonicMs = () => performance.now()
  const background = (work: Promise<unknown>) =>
    work.catch((err: unknown) => logger.warn({ event: 'database.waiting', err }))

  const directory = await openDirectory({
    sql,
    logger,
    rereadEveryMs: 30_000,
    reader: {
      sql,
      master,
      onUnreadable: (endpointId, err) => logger.error({ event: 'endpoint.secret_unreadable', endpointId, err }),
    },
    onRemoved: () => void background(cancelOrphans(sql)),
  })
  const settler = createSettler({
    write: (settled) => settleDeliveries(sql, settled),
    logger,
    gatherMs: 50,
    retryEveryMs: 500,
  })
  const attempt = createAttempt({
    send: sender.send,
    findEndpoint: directory.get,
    settle: settler.add,
    onGone: ({ tenantId, endpointId }) => void background(disableGoneEndpoint(sql, tenantId, endpointId)),
    onAttempted: (delivery, settled) => observer.onAttempted(delivery, settled),
    policy,
    now,
    monotonicMs,
    random: Math.random,
  })
  const dispatcher = createDispatcher({
    attempt: (one: Delivery) => attempt(one),
    onRoom: () => poller.wake(),
    unrecorded: settler.size,
    monotonicMs,
  })
  const observer = createObserver({ metrics, logger, queued: dispatcher.waiting, running: dispatcher.running })
  const poller = startPoller({
    endpoints: directory.all,
    dispatcher,
    claimDue: (rooms) => claimDue(sql, rooms, claimMs),
    monotonicMs,
    logger,
    everyMs: pollEveryMs,
  })
  const recorder = createRecorder({
    matching: directory.matching,
    modeOf: createSessionModes((sessions) => sessionModes(sql, sessions)),
    insert: (sessions, deliveries) => insertDeliveries(sql, sessions, deliveries, claimMs),
    isRefusal,
    dispatcher,
    newId: createIds({ now, randomBytes: pooledRandomBytes() }),
    monotonicMs,
    gatherMs: 10,
  })

  return {
    hasTenant: directory.hasTenant,
    record: recorder.record,
    observer,
    async close(): Promise<void> {
      await poller.stop()
      const rest = await dispatcher.stop()
      await settler.flushed()
      await background(releaseClaims(sql, rest))
      await directory.close()
    },
  }
}
export type Deliveries = Awaited<ReturnType<typeof openDeliveries>>

/** Random bytes drawn in advance: ten at a time cost more than the rest of an id. */
function pooledRandomBytes(): (size: number) => Uint8Array {
  let pool = Buffer.alloc(0)
  return (size) => {
    if (pool.length < size) pool = randomBytes(4_096)
    const bytes = pool.subarray(0, size)
    pool = pool.subarray(size)
    return bytes
  }
}
