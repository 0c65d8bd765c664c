import { fork } from 'node:child_process'
import { at } from '@wagate/dev/paths.ts'
import { baseEnv } from '@wagate/dev/servers/process.ts'
import { readStats } from '@wagate/testing/sandbox-control.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import type { Scenario } from '../scenario.ts'
import { elapse } from '../time.ts'

/** How long the copy is quiet before it counts as having won, at most: our back-off after a 440 is 5 to 30 s. */
const settlesWithinMs = 120_000
const maxReplaced = 3

export const foreignCopy: Scenario = {
  name: 'foreign_copy',
  title: 'a foreign process logs in with the credentials of a session, again and again',
  random: false,
  legs: ['short'],
  async run(scene) {
    const { stack } = scene
    await scene.worker()
    const world = await scene.world({ sessions: 4, phones: 6 })
    await world.workload.exchange(8)
    await waitFor(() => world.isQuiet(), { what: 'messages to settle', deadlineMs: 60_000 })
    const { tenantId, client } = world.tenant
    const [victim, ...others] = world.sessions
    if (!victim) throw new Error('there is no session')
    const records = await scene.book.records(tenantId, victim.sessionId)
    const packed = records.findLast(({ creds }) => creds instanceof Uint8Array)?.creds
    const creds = packed instanceof Uint8Array ? Buffer.from(packed).toString() : ''

    const before = await readStats(stack, tenantId)
    const copy = fork(at('infra/faults/src/foreign/main.ts'), {
      env: baseEnv(),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    let logins = 0
    copy.on('message', () => {
      logins += 1
    })
    copy.send({ url: `ws://127.0.0.1:${stack.wiring.port.sandbox}/ws/chat`, creds })
    try {
      await waitFor(() => logins > 0, { what: 'the copy to log in', deadlineMs: 30_000 })
      scene.broke([])
      // Neighbours are not held up meanwhile.
      const status = async () => (await client.getSession(victim.sessionId)).status
      const resigned = waitFor(async () => (await status()) === 'quarantined', {
        what: 'the session to be quarantined',
        deadlineMs: settlesWithinMs,
        everyMs: 500,
      })
      resigned.catch(() => {})
      for (let n = 0; n < 20; n++) {
        await world.workload.send(scene.pick(others))
        await elapse(250)
      }
      await resigned
      const { evictions } = await readStats(stack, tenantId)
      scene.fact('evictions (440)', evictions - before.evictions)
      const replaced = world.feed.events.filter(
        ({ data }) =>
          data.type === 'session.disconnected' && data.session_id === victim.sessionId && data.data.code === 440,
      ).length
      scene.fact('replaced', replaced)
      scene.expect(replaced <= maxReplaced, `the session let itself be replaced ${replaced} times`)
      await elapse(5_000)
      const after = await readStats(stack, tenantId)
      scene.expect(after.evictions === evictions, 'the fight went on after the session was quarantined')
    } finally {
      copy.kill('SIGKILL')
    }
    await client.restartSession(victim.sessionId)
    await waitFor(async () => (await client.getSession(victim.sessionId)).status === 'connected', {
      what: 'the session to come back after a restart',
      deadlineMs: 60_000,
    })
    await world.workload.exchange(8)
  },
}
