import { waitFor } from '@wagate/testing/wait-for.ts'
import type { Scenario } from '../scenario.ts'
import { elapse } from '../time.ts'
import { flow } from '../traffic.ts'

/** Steps of the worker's FAULT_POINTS and how often they may be passed first, under this load. */
const steps: readonly [step: string, most: number][] = [
  ['queued', 30],
  ['intent', 30],
  ['frame', 30],
  ['inbound', 30],
  ['relayed', 60],
]
/** More, and two cores that run everything would be full: the figure would tell of their backlog. */
const full = { sessions: 40, messagesPerSecond: 25 }
const small = { sessions: 10, messagesPerSecond: 25 }

export const engineKilled: Scenario = {
  name: 'engine_killed',
  title: `an engine is killed (SIGKILL) at random steps of the log, ${full.sessions} sessions, ${full.messagesPerSecond} messages a second`,
  random: true,
  alone: true,
  takeoverAimMs: () => 5_000,
  async run(scene) {
    const { sessions, messagesPerSecond } = scene.small ? small : full
    const points = Array.from({ length: 3 }, () => {
      const [step, most] = scene.pick(steps)
      // Its sessions log in first, which relays an event each.
      return `${step}@${scene.between(1, most) + (step === 'relayed' ? sessions : 0)}`
    })
    scene.fact('points', points.join(' '))
    const first = await scene.worker()
    const world = await scene.world({ sessions, phones: sessions })
    const doomed = await scene.worker({ FAULT_POINTS: [...points, 'none'].join(',') })
    await first.stop()
    await scene.ownedBy([doomed])

    const traffic = flow(world, messagesPerSecond)
    const deaths = () => doomed.told('engine.died')
    const reached = () => deaths().length >= points.length
    await waitFor(reached, { what: `${points} to be reached`, deadlineMs: 45_000, everyMs: 100 }).finally(() => {
      for (const { engineId, atMs } of deaths()) scene.broke([`${doomed.workerId}-${engineId}`], atMs)
    })
    // And once more at a moment that no step names.
    const victim = scene.pick(doomed.engines())
    await elapse(scene.between(0, 1_500))
    const before = deaths().length
    doomed.signal(victim, 'SIGKILL')
    await waitFor(() => deaths().length > before, { what: 'the supervisor to notice' })
    for (const { engineId, atMs } of deaths().slice(before)) scene.broke([`${doomed.workerId}-${engineId}`], atMs)
    await elapse(4_000)
    await traffic.stop()
    scene.fact('engines killed', deaths().length)
  },
}
