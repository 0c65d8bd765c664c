// Hosts come and go in order: one is drained, one joins.
import { distributionOf } from '@wagate/bench/measure/percentiles.ts'
import { readWorker } from '@wagate/bench/sessions/reading.ts'
import { readJournal } from '@wagate/testing/sandbox-control.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import type { Host } from '../host.ts'
import type { Scenario } from '../scenario.ts'
import type { Scene } from '../scene.ts'
import { elapse } from '../time.ts'
import { flow } from '../traffic.ts'

const drainAimMs = 3_000

export const hostDrained: Scenario = {
  name: 'host_drained',
  title: 'a host with 40 sessions is stopped in order (SIGTERM), another one takes over',
  random: false,
  alone: true,
  async run(scene) {
    const leaving = await scene.worker()
    const world = await scene.world({ sessions: 40, phones: 20 })
    const staying = await scene.worker()
    const traffic = flow(world, 20)
    await elapse(2_000)
    scene.broke([])
    const since = Date.now()
    await leaving.stop()
    await scene.ownedBy([staying])
    await elapse(3_000)
    await traffic.stop()
    const gaps = await gapsSince(scene, since)
    const { count, p50, p95, max } = distributionOf(gaps)
    scene.expect(count > 0, 'no session moved')
    scene.fact('sessions that moved', count)
    for (const [name, value] of Object.entries({ p50, p95, max })) scene.fact(`gap ${name} ms`, value)
    if (p95 > drainAimMs) scene.fact('drain gap', `aim of ${drainAimMs} ms missed`)
  },
}

/** Between the end of a session's socket and its next login, by the network's own clock. */
async function gapsSince(scene: Scene, sinceMs: number): Promise<number[]> {
  const world = scene.made()
  if (!world) return []
  const { sockets } = await readJournal(scene.stack, world.tenant.tenantId)
  return sockets.flatMap(({ from, closedAtMs }) => {
    if (closedAtMs === undefined || closedAtMs < sinceMs) return []
    const next = sockets.find((socket) => socket.from === from && socket.loggedInAtMs >= closedAtMs)
    return next ? [next.loggedInAtMs - closedAtMs] : []
  })
}

const balanceWithinMs = 60_000

export const hostJoins: Scenario = {
  name: 'host_joins',
  title: 'a fourth worker joins three; partitions move to it while messages flow',
  random: false,
  legs: ['short'],
  async run(scene) {
    const running = [await scene.worker({ ENGINES: '1' })]
    const world = await scene.world({ sessions: 16, phones: 12 })
    for (let n = 0; n < 2; n++) running.push(await scene.worker({ ENGINES: '1' }))
    const traffic = flow(world, 15)
    const joined = await scene.worker({ ENGINES: '1' })
    scene.broke([])
    const since = performance.now()
    const hosts = [...running, joined]
    await waitFor(async () => isBalanced(await partitionsOf(hosts)), {
      what: 'the partitions to be spread',
      deadlineMs: balanceWithinMs,
      everyMs: 500,
    }).catch(() => {})
    const counts = await partitionsOf(hosts)
    scene.fact('partitions', counts.join(' '))
    scene.fact('balanced after ms', Math.round(performance.now() - since))
    scene.expect(isBalanced(counts), `the partitions are spread as ${counts.join(', ')} after ${balanceWithinMs} ms`)
    await elapse(2_000)
    await traffic.stop()
  },
}

/** Nobody idle while another carries much more: placement hashes, and moves nothing for a small difference. */
const isBalanced = (counts: readonly number[]): boolean => Math.min(...counts) > 0

const partitionsOf = (hosts: readonly Host[]): Promise<number[]> =>
  Promise.all(hosts.map(async ({ url }) => (await readWorker(url)).partitions))
