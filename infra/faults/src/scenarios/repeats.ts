import { injectFault } from '@wagate/testing/sandbox-control.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import type { Scenario } from '../scenario.ts'
import type { Scene } from '../scene.ts'
import { elapse } from '../time.ts'
import { flow } from '../traffic.ts'

type Stored = { subject: string; data: Uint8Array }

/** In an order that the seed chooses. */
function shuffled(scene: Scene, messages: readonly Stored[]): Stored[] {
  return messages
    .map((message) => ({ message, at: scene.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ message }) => message)
}

/** Without an id: the broker cannot know that it has seen them, as after its window for duplicates. */
async function publishAgain(scene: Scene, messages: readonly Stored[]): Promise<void> {
  for (const { subject, data } of messages) await scene.broker.publish(subject, data)
}

async function stored(scene: Scene, stream: string, subject: string): Promise<Stored[]> {
  const found: Stored[] = []
  for await (const { subject: at, data } of scene.broker.readSubject(stream, subject)) found.push({ subject: at, data })
  return found
}

const share = 0.1

export const repeats: Scenario = {
  name: 'repeats',
  title:
    'commands and events come again, out of order and after the window for duplicates; WhatsApp delivers stanzas twice',
  random: true,
  legs: ['short'],
  async run(scene) {
    const first = await scene.worker({ ENGINES: '1' })
    const world = await scene.world({ sessions: 6, phones: 8 })
    const { tenantId } = world.tenant
    for (const tag of ['message', 'receipt', 'ack'])
      await injectFault(scene.stack, tenantId, {
        repeat: { direction: 'to_client', tag, count: scene.between(10, 40) },
      })
    const warmUp = flow(world, 20)
    await elapse(2_000)
    await warmUp.stop()

    // Nobody takes commands for a while, so that they can be seen and be there twice at once.
    await first.stop()
    scene.broke([])
    for (let n = 0; n < 40; n++) await world.workload.send()
    const commands = await stored(scene, 'COMMANDS', `cmd.*.${tenantId}.>`)
    scene.expect(commands.length >= 40, `only ${commands.length} commands wait`)
    const again = shuffled(scene, commands).slice(0, Math.ceil(commands.length * share))
    await publishAgain(scene, again)
    const second = await scene.worker({ ENGINES: '1' })
    await scene.ownedBy([second])
    const traffic = flow(world, 20)
    await waitFor(() => world.isQuiet(), { what: 'messages to settle', deadlineMs: 60_000, everyMs: 100 }).catch(
      () => {},
    )
    await publishAgain(scene, shuffled(scene, commands))

    const events = await stored(scene, 'EVENTS', `evt.*.${tenantId}.>`)
    const repeated = shuffled(scene, events).slice(0, Math.ceil(events.length * share))
    await publishAgain(scene, repeated)
    await elapse(2_000)
    await traffic.stop()
    scene.fact('commands again', again.length + commands.length)
    scene.fact('events again', repeated.length)
  },
}
