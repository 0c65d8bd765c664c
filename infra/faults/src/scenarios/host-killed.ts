import { processId } from '@wagate/dev/servers/process-id.ts'
import type { Scenario } from '../scenario.ts'
import { elapse } from '../time.ts'
import { flow } from '../traffic.ts'

export const hostKilled: Scenario = {
  name: 'host_killed',
  title: 'the supervisor, or all processes of a host, are killed (SIGKILL)',
  random: true,
  takeoverAimMs: ({ leaseTtlMs }) => leaseTtlMs + 10_000,
  async run(scene) {
    const { leg } = scene
    const doomed = await scene.worker()
    const world = await scene.world({ sessions: 6, phones: 8 })
    const survivor = await scene.worker({ ENGINES: '1' })
    const traffic = flow(world, scene.between(5, 20))
    await elapse(scene.between(500, 3_000))

    const all = scene.random() < 0.5
    scene.fact('killed', all ? 'host' : 'supervisor')
    const engines = doomed.engines()
    scene.broke([doomed.workerId])
    if (all) doomed.signalAll('SIGKILL')
    else doomed.signal(doomed.supervisor, 'SIGKILL')
    await scene.ownedBy([survivor], leg.leaseTtlMs + 30_000)
    await elapse(2_000)
    await traffic.stop()
    scene.expect(
      engines.every((pid) => processId(pid) === undefined),
      'an engine outlived its supervisor',
    )
  },
}
