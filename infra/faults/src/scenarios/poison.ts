import { injectFault } from '@wagate/testing/sandbox-control.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import type { Scenario } from '../scenario.ts'
import type { Scene } from '../scene.ts'
import { flow } from '../traffic.ts'

/** What nobody can handle: where it goes, and who has to set it aside. */
type Poison = { what: string; subject: string; data: Uint8Array; consumers: string[] }

async function poisons(scene: Scene, tenantId: string, sessionId: string): Promise<Poison[]> {
  const config = await (await scene.broker.kv('sessions')).get(`${tenantId}.${sessionId}.config`)
  const { partition } = JSON.parse(Buffer.from(config?.value ?? []).toString())
  const command = `cmd.${partition}.${tenantId}.${sessionId}`
  const known = await scene.broker.lastMessage('EVENTS', `evt.*.${tenantId}.${sessionId}.>`)
  const shard = known?.subject.split('.')[1] ?? '0'
  const event = `evt.${shard}.${tenantId}.${sessionId}`
  const worker = [`worker-${partition}`]
  const readers = [`projector-${shard}`, `webhooks-${shard}`]
  const large = Buffer.alloc(1_000_000, 'x')
  return [
    {
      what: 'a command that is no JSON',
      subject: `${command}.message.send`,
      data: Buffer.from('{"id": "no'),
      consumers: worker,
    },
    { what: 'a command of 1 MB', subject: `${command}.session.restart`, data: large, consumers: worker },
    {
      what: 'an event that is no event',
      subject: `${event}.message.sent`,
      data: Buffer.from('{"data":7}'),
      consumers: readers,
    },
    { what: 'an event of 1 MB', subject: `${event}.message.read`, data: large, consumers: readers },
  ]
}

type Letter = { consumer: string; subject: string; reason: string }

async function deadLetters(scene: Scene): Promise<Letter[]> {
  const found: Letter[] = []
  for await (const { headers } of scene.broker.readSubject('DEAD_LETTERS', 'dlq.>'))
    found.push({
      consumer: headers['Wagate-Consumer'] ?? '',
      subject: headers['Wagate-Subject'] ?? '',
      reason: headers['Wagate-Reason'] ?? '',
    })
  return found
}

/** Until a neighbour's message is settled, with poison before it: far less than the 30 s after which an unsettled command comes again. */
const heldUpMs = 15_000

export const poison: Scenario = {
  name: 'poison',
  title: 'commands and events that nobody can read, some of 1 MB, and stanzas that cannot be decrypted',
  random: true,
  legs: ['short'],
  async run(scene) {
    await scene.worker({ ENGINES: '1' })
    const world = await scene.world({ sessions: 6, phones: 8 })
    const { tenantId } = world.tenant
    const traffic = flow(world, 15)
    const made: Poison[] = []
    for (let round = 0; round < 3; round++) {
      const { sessionId } = scene.pick(world.sessions)
      const batch = await poisons(scene, tenantId, sessionId)
      for (const { subject, data } of batch) await scene.broker.publish(subject, data)
      made.push(...batch)
      await injectFault(scene.stack, tenantId, { garble: scene.between(1, 3) })
      // Behind the poison, in the same partition and shard.
      const since = performance.now()
      const before = world.workload.accepted.length
      await world.workload.send()
      const { messageId } = world.workload.accepted[before] ?? { messageId: '' }
      await world.feed.next((event) => event.type === 'message.sent' && event.data.message_id === messageId, {
        what: 'a message behind the poison',
      })
      const tookMs = Math.round(performance.now() - since)
      scene.fact('a message behind it after ms', tookMs)
      scene.expect(tookMs < heldUpMs, `a message behind poison was held up for ${tookMs} ms`)
    }
    const missing = async () => {
      const letters = await deadLetters(scene)
      return made.flatMap(({ what, subject, consumers }) =>
        consumers
          .filter(
            (consumer) =>
              !letters.some(
                (letter) => letter.consumer === consumer && letter.subject === subject && letter.reason !== '',
              ),
          )
          .map((consumer) => `${what} is not among the dead letters of ${consumer} with its cause`),
      )
    }
    await waitFor(async () => (await missing()).length === 0, { deadlineMs: 30_000, everyMs: 250 }).catch(() => {})
    for (const what of await missing()) scene.expect(false, what)
    await traffic.stop()
  },
}
