// The broker dies under everybody: one server, the leader of a cluster, one after the other, all at once.
import type { TestStack } from '@wagate/testing/stack.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import type { Scenario } from '../scenario.ts'
import type { Scene } from '../scene.ts'
import { elapse } from '../time.ts'
import { flow } from '../traffic.ts'

const size = { sessions: 6, phones: 8 }

export const natsKilled: Scenario = {
  name: 'nats_killed',
  title: 'the only nats-server is killed (SIGKILL) for a random time, and starts again on its files',
  random: true,
  legs: ['short'],
  async run(scene) {
    const { stack } = scene
    await scene.worker({ ENGINES: '1' })
    const world = await scene.world(size)
    const traffic = flow(world, scene.between(8, 20))
    await elapse(scene.between(500, 3_000))
    scene.broke([])
    await stack.kill('nats')
    const awayMs = scene.between(100, 4_000)
    scene.fact('away for ms', awayMs)
    await elapse(awayMs)
    scene.broke([])
    await stack.start()
    await acceptsAgain(scene)
    await traffic.stop()
  },
}

const clusterOf = ({ cluster }: TestStack) => {
  if (!cluster) throw new Error('this scenario needs a cluster')
  return cluster
}

/** How long until a message is accepted, once the broker should be back. */
async function acceptsAgain(scene: Scene): Promise<void> {
  const world = scene.made()
  const since = performance.now()
  const before = world?.workload.accepted.length ?? 0
  await waitFor(() => (world?.workload.accepted.length ?? 0) > before, {
    what: 'messages to be accepted again',
    deadlineMs: 90_000,
  })
  scene.fact('accepts again after ms', Math.round(performance.now() - since))
}

const owners = async (scene: Scene): Promise<number> => {
  const world = scene.made()
  if (!world) return 0
  const ids = world.sessions.map(({ sessionId }) => sessionId)
  return (await scene.book.claims(world.tenant.tenantId, ids)).length
}

export const natsLeaderKilled: Scenario = {
  name: 'nats_leader_killed',
  title:
    'the server of three that leads the session logs, or the leases, is killed (SIGKILL) and comes back after 10 s',
  random: true,
  legs: ['real'],
  async run(scene) {
    const cluster = clusterOf(scene.stack)
    await scene.worker({ ENGINES: '1' })
    const world = await scene.world(size)
    const before = await owners(scene)
    const traffic = flow(world, 20)
    await elapse(scene.between(500, 3_000))
    const stream = scene.pick(['SESSION_LOG', 'KV_leases'])
    const leader = await cluster.leaderOf(stream)
    scene.broke([])
    await leader.kill()
    scene.fact('led', stream)
    await acceptsAgain(scene)
    await elapse(10_000)
    await leader.start()
    await waitFor(() => leader.isHealthy(), { what: 'the server to catch up', deadlineMs: 60_000, everyMs: 200 })
    await traffic.stop()
    const claims = (await owners(scene)) - before
    scene.fact('sessions claimed anew', claims)
    scene.expect(claims === 0, `${claims} sessions changed hands although one server of three is no reason`)
  },
}

export const natsRolling: Scenario = {
  name: 'nats_rolling',
  title: 'the three nats-servers are restarted in order (SIGTERM), one after the other',
  random: false,
  legs: ['real'],
  async run(scene) {
    const cluster = clusterOf(scene.stack)
    await scene.worker({ ENGINES: '1' })
    const world = await scene.world(size)
    const before = await owners(scene)
    const traffic = flow(world, 20)
    for (const member of cluster.members) {
      await elapse(2_000)
      scene.broke([])
      await member.stop()
      await member.start()
      await waitFor(() => member.isHealthy(), { what: `${member.name} to catch up`, deadlineMs: 60_000, everyMs: 200 })
    }
    await acceptsAgain(scene)
    await traffic.stop()
    scene.fact('sessions claimed anew', (await owners(scene)) - before)
  },
}

export const natsAllKilled: Scenario = {
  name: 'nats_all_killed',
  title: 'all three nats-servers are killed (SIGKILL) at once and start again after a random time',
  random: true,
  legs: ['real'],
  async run(scene) {
    const { members } = clusterOf(scene.stack)
    await scene.worker({ ENGINES: '1' })
    const world = await scene.world(size)
    const traffic = flow(world, 20)
    await elapse(scene.between(500, 3_000))
    scene.broke([])
    await Promise.all(members.map((member) => member.kill()))
    const awayMs = scene.between(100, 8_000)
    scene.fact('away for ms', awayMs)
    await elapse(awayMs)
    scene.broke([])
    await Promise.all(members.map((member) => member.start()))
    await acceptsAgain(scene)
    await traffic.stop()
  },
}
