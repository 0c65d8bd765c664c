import { processId } from '@wagate/dev/servers/process-id.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import type { Scenario } from '../scenario.ts'

export const hostKilled: Scenario = {
  name: 'host_killed',
  title: 'the supervisor, or all processes of a host, are killed (SIGKILL)',
  random: true,
  takeoverAimMs: ({ leaseTtlMs }) => leaseTtlMs + 10_000,
  async run(scene) {
    const { leg } = scene
    const doomed = await scene.worker()
    const world = await scene.world({ sessions: 8, phones: 10 })
    const survivor = await scene.worker()
    const traffic = new AbortController()
    const flowing = world.workload.steadily(scene.between(5, 20), traffic.signal)
    const startAt = performance.now() + scene.between(500, 3_000)
    await waitFor(() => performance.now() >= startAt)

    const all = scene.random() < 0.5
    scene.fact('killed', all ? 'host' : 'supervisor')
    const engines = doomed.engines()
    scene.broke([doomed.workerId])
    if (all) doomed.signalAll('SIGKILL')
    else doomed.signal(doomed.supervisor, 'SIGKILL')
    await scene.ownedBy([survivor], leg.leaseTtlMs + 30_000)
    const calmAt = performance.now() + 2_000
    await waitFor(() => performance.now() >= calmAt)
    traffic.abort()
    await flowing
    scene.expect(
      engines.every((pid) => processId(pid) === undefined),
      'an engine outlived its supervisor',
    )
  },
}
