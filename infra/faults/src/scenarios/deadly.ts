import { waitFor } from '@wagate/testing/wait-for.ts'
import type { Scenario } from '../scenario.ts'
import { flow } from '../traffic.ts'

/** Two engines before an owner has reason to be careful, three while the message is under suspicion. */
const mostDeaths = 5
const steps = ['taking', 'sending'] as const

export const deadly: Scenario = {
  name: 'deadly',
  title: 'a message that kills every engine that takes it, or that encrypts it',
  random: true,
  legs: ['short'],
  async run(scene) {
    const step = scene.pick(steps)
    const body = 'deadly'
    scene.fact('kills while', step)
    const host = await scene.worker({ FAULT_POISON: `${step}:${body}` })
    const world = await scene.world({ sessions: 6, phones: 8 })
    const traffic = flow(world, 10)
    const since = performance.now()
    const id = await world.workload.send(scene.pick(world.sessions), body)

    const deaths = () => host.told('engine.died')
    // On a machine with too much to do an engine may hang, and is killed for that: the message is not to blame.
    const killedBy = () => deaths().length - host.told('engine.hung').length
    const ends = () =>
      world.feed.events.flatMap(({ data: { type, data } }) =>
        type.startsWith('message.') && 'message_id' in data && data.message_id === id ? [type] : [],
      )
    await waitFor(() => ends().length > 0, { what: 'its end', deadlineMs: 150_000, everyMs: 100 }).finally(() => {
      for (const { engineId, atMs } of deaths()) scene.broke([`${host.workerId}-${engineId}`], atMs)
    })
    scene.fact('left out after ms', Math.round(performance.now() - since))
    scene.fact('engines killed', deaths().length)
    scene.expect(killedBy() <= mostDeaths, `${killedBy()} engines died over one message`)
    const told = killedBy()

    // All go on, the sender's session too, and nobody dies any more.
    for (const session of world.sessions) await world.workload.send(session)
    await traffic.stop()
    await waitFor(() => world.isQuiet(), { deadlineMs: 120_000, everyMs: 100 }).catch(() => {})
    scene.expect(ends().join() === 'message.failed', `the message ended as ${ends().join() || 'nothing'}`)
    scene.expect(killedBy() === told, 'engines died after the message was left out')
  },
}
