import { readStats } from '@wagate/testing/sandbox-control.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import type { Scenario } from '../scenario.ts'
import { elapse } from '../time.ts'
import { flow } from '../traffic.ts'

const sessions = 6

export const workerStopped: Scenario = {
  name: 'worker_stopped',
  title:
    'a worker and its engines stand still (SIGSTOP) for 1.75 × the lease time, are replaced, and wake up (SIGCONT)',
  random: true,
  takeoverAimMs: ({ leaseTtlMs }) => leaseTtlMs + 10_000,
  async run(scene) {
    const { leg, stack } = scene
    const zombie = await scene.worker()
    const world = await scene.world({ sessions, phones: 8 })
    const survivor = await scene.worker({ ENGINES: '1' })
    await scene.ownedBy([zombie, survivor])
    const traffic = flow(world, scene.between(5, 20))
    await elapse(scene.between(500, 3_000))

    const standstillMs = Math.round(1.75 * leg.leaseTtlMs)
    const wakeAt = performance.now() + standstillMs
    const before = await readStats(stack, world.tenant.tenantId)
    scene.broke([zombie.workerId])
    zombie.signalAll('SIGSTOP')
    await scene.ownedBy([survivor], leg.leaseTtlMs + 30_000)
    await elapse(Math.max(0, wakeAt - performance.now()))
    const wokenAtMs = Date.now()
    zombie.signalAll('SIGCONT')

    // It finds its leases too old, by its own clock, and lets go of everything.
    const letGo = () => zombie.told('partition.abandoned').length > 0 || zombie.told('lease.lost').length > 0
    await waitFor(letGo, { what: 'the zombie to let go', deadlineMs: 20_000 })
    await elapse(3_000)
    await traffic.stop()
    const told = [...zombie.told('partition.abandoned'), ...zombie.told('lease.lost')]
    const endedMs = Math.max(...told.map(({ atMs }) => atMs)) - wokenAtMs
    scene.fact('zombie ended after ms', endedMs)
    scene.expect(endedMs < 2_000, `the zombie let go of its sessions ${endedMs} ms after it woke up`)
    const { evictions } = await readStats(stack, world.tenant.tenantId)
    scene.fact('evictions (440)', evictions - before.evictions)
    scene.expect(
      evictions - before.evictions <= sessions,
      `${evictions - before.evictions} evictions of ${sessions} sessions`,
    )
  },
}
