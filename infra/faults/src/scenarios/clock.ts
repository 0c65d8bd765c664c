// Time goes wrong: a clock that is a minute off and jumps, an engine whose loop stands still.
import { at } from '@wagate/dev/paths.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import type { Scenario } from '../scenario.ts'
import { elapse } from '../time.ts'
import { flow } from '../traffic.ts'

export const clockSkew: Scenario = {
  name: 'clock_skew',
  title: 'the clock of one worker is 60 s off, ahead or behind, and jumps to the other side while it works',
  random: true,
  async run(scene) {
    const { leg } = scene
    const offMs = scene.pick([-60_000, 60_000])
    const first = await scene.worker({ ENGINES: '1' })
    const world = await scene.world({ sessions: 6, phones: 8 })
    const skewed = await scene.worker({
      NODE_OPTIONS: `--import=${at('infra/faults/src/skew.ts')}`,
      FAULT_CLOCK_MS: String(offMs),
      FAULT_CLOCK_JUMPS_AFTER_MS: String(scene.between(8_000, 15_000)),
    })
    scene.fact('off by ms', offMs)
    await first.stop()
    await scene.ownedBy([skewed])
    const other = await scene.worker({ ENGINES: '1' })
    const traffic = flow(world, scene.between(10, 20))
    await elapse(Math.max(10_000, leg.leaseTtlMs))
    const lost = [...skewed.told('lease.lost'), ...other.told('lease.lost'), ...skewed.told('partition.abandoned')]
    scene.fact('leases lost', lost.length)
    scene.expect(lost.length === 0, `${lost.length} leases were lost to a wrong clock`)
    // What it leaves behind is good for an owner with a right clock.
    scene.broke([])
    await skewed.stop()
    await scene.ownedBy([other])
    await elapse(2_000)
    await traffic.stop()
  },
}

const stallMs = 10_000

export const engineStalled: Scenario = {
  name: 'engine_stalled',
  title: 'an engine stands still (SIGSTOP) for 10 s, its supervisor does not',
  random: true,
  takeoverAimMs: () => 15_000,
  async run(scene) {
    const worker = await scene.worker()
    const world = await scene.world({ sessions: 6, phones: 8 })
    const traffic = flow(world, scene.between(8, 20))
    await elapse(scene.between(500, 3_000))
    const victim = scene.pick(worker.engines())
    const stalledAtMs = Date.now()
    worker.signal(victim, 'SIGSTOP')
    scene.broke([])
    await elapse(stallMs)
    worker.signal(victim, 'SIGCONT')
    await elapse(3_000)
    await traffic.stop()
    // Whether it was replaced is the supervisor's decision, by its own clock; if so, its sessions were taken over.
    const died = worker.told('engine.died').filter(({ atMs }) => atMs >= stalledAtMs)
    scene.fact('replaced', died.length > 0 ? 'yes' : 'no')
    for (const { engineId } of died) scene.broke([`${worker.workerId}-${engineId}`], stalledAtMs)
    await waitFor(() => worker.engines().length === 2, { what: 'two engines', deadlineMs: 30_000 })
  },
}
