import {
  adminQuery,
  capacity,
  failoverPage,
  failoversQuery,
  moveSession as moveSessionBody,
  sessionMove,
  worker,
  workerList,
} from '@wagate/api/admin.ts'
import { hostPartition, operatorReadScope, operatorScope } from '@wagate/messages/control.ts'
import type { WorkerOrder } from '@wagate/messages/fleet.ts'
import { poolOf, sharedPool } from '@wagate/messages/pools.ts'
import { actorId } from '../access/actor.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import { capacityOf } from './capacity.ts'
import { type MoveDeps, moveSession, notFound } from './move.ts'
import { presentFailover, presentWorker } from './present.ts'

export type FleetDeps = MoveDeps & {
  cursors: Cursors
  now: () => Date
}

const tag = 'Operator'
const scope = operatorScope

/** Sessions by the pool whose workers are to host them now, counted when somebody asks. */
export function poolsNow({ fleet, directory }: Pick<FleetDeps, 'fleet' | 'directory'>) {
  const counts = new Map<string, number>()
  for (const config of directory.configs()) {
    const pool = poolOf(hostPartition(config))
    counts.set(pool, (counts.get(pool) ?? 0) + 1)
  }
  return capacityOf([sharedPool, ...fleet.pools()], fleet.workers(), (pool) => counts.get(pool) ?? 0)
}

export function fleetRoutes(mount: Mount, deps: FleetDeps): void {
  const { fleet } = deps

  const find = (workerId: string) => {
    const found = fleet.workers().find((known) => known.workerId === workerId)
    if (found) return found
    throw new DomainError('worker-not-found', 'No worker with this id was heard of in the last 15 seconds.')
  }

  mount(
    {
      method: 'get',
      path: '/v1/admin/workers',
      scope: operatorReadScope,
      tag,
      summary: 'List workers',
      query: adminQuery,
      answers: { 200: { description: 'Those that were heard of in the last 15 seconds.', schema: workerList } },
    },
    (call) =>
      call.json(200, { data: fleet.workers().map((each) => presentWorker(each, fleet.orderFor(each.workerId))) }),
  )

  const orders = [
    {
      verb: 'drain',
      desired: 'drained',
      audit: 'worker.drain_ordered',
      summary: 'Drain a worker',
      what: 'It hands its partitions to others, stays up without any, and waits.',
    },
    {
      verb: 'undrain',
      desired: 'active',
      audit: 'worker.undrain_ordered',
      summary: 'Undrain a worker',
      what: 'It takes partitions again, and gets its share within a minute.',
    },
  ] as const
  for (const { verb, desired, audit, summary, what } of orders)
    mount(
      {
        method: 'post',
        path: `/v1/admin/workers/{worker_id}/${verb}`,
        audit,
        scope,
        tag,
        summary,
        description: `${what} A repeat changes nothing.`,
        answers: { 202: { description: 'The order is stored. Follow `state` in the list.', schema: worker } },
        problems: ['worker-not-found'],
      },
      async (call) => {
        const found = find(call.params.worker_id)
        const order: WorkerOrder = { v: 1, desired, at: deps.now().toISOString(), by: actorId(call.caller.actor) }
        await fleet.giveOrder(found.workerId, order)
        return call.json(202, presentWorker(found, order))
      },
    )

  mount(
    {
      method: 'post',
      path: '/v1/admin/sessions/{session_id}/move',
      audit: 'session.moved',
      scope,
      tag,
      summary: 'Move a session to another pool',
      description:
        'Its partition changes, and with it the worker that hosts it; it needs no new scan. What is queued goes first. A repeat changes nothing.',
      body: moveSessionBody,
      answers: { 202: { description: 'It moves.', schema: sessionMove } },
      problems: ['session-not-found', 'pool-not-served'],
    },
    async (call) => {
      const session = deps.directory.locate(call.params.session_id)
      if (!session) throw notFound()
      const { sessionId, partition, movingFrom } = await moveSession(deps, session, call.body.pool)
      call.note({ changes: { pool: call.body.pool } })
      const answer = { session_id: sessionId, pool: call.body.pool, partition, moving_from: movingFrom ?? null }
      return call.json(202, answer)
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/admin/failovers',
      scope: operatorReadScope,
      tag,
      summary: 'List failovers',
      description: 'What was taken over, from whom, why, and how long it took. Kept for 30 days, 10,000 at most.',
      query: failoversQuery,
      answers: { 200: { description: 'Newest first.', schema: failoverPage } },
      problems: ['invalid-cursor'],
    },
    (call) => {
      const list = ['admin', 'failovers']
      const { limit, cursor } = call.query
      const after = cursor === undefined ? undefined : deps.cursors.decode(list, cursor).id
      const rows = fleet
        .failovers()
        .filter(({ failoverId }) => after === undefined || failoverId < after)
        .slice(0, limit + 1)
        .map((record) => ({ item: presentFailover(record), position: { key: '', id: record.failoverId } }))
      return call.json(200, pageOf(rows, limit, { cursors: deps.cursors, list }))
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/admin/capacity',
      scope: operatorReadScope,
      tag,
      summary: 'Capacity of each pool',
      description:
        'Demand = the sum of the workers’ loads, and sessions that nobody hosts by the capacity of one worker. Workers are short when demand ÷ 0.8 is more than there are, and too many when demand ÷ 0.6 is less. A shared pool wants at least two, a dedicated one.',
      query: adminQuery,
      answers: { 200: { description: 'As of now.', schema: capacity } },
    },
    (call) => call.json(200, { data: poolsNow(deps) }),
  )
}
