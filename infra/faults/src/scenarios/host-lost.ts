// A thousand sessions on one host: a few in use by customers whose history is judged, the others linked, with contacts and
// history, and silent.
import { randomBytes } from 'node:crypto'
import { createSandboxControl } from '@wagate/bench/sandbox/control.ts'
import { readWorker } from '@wagate/bench/sessions/reading.ts'
import { seedSessions } from '@wagate/bench/sessions/seed.ts'
import { makeId } from '@wagate/messages/ids.ts'
import { readJournal, recordJournal } from '@wagate/testing/sandbox-control.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import type { Away } from '../measure.ts'
import type { Scenario } from '../scenario.ts'
import type { Scene } from '../scene.ts'
import { elapse } from '../time.ts'
import { flow } from '../traffic.ts'

const busy = 20
const silent = 980
const perSession = { contacts: 50, messages: 20 }
/** Hundreds of logins on two cores, with the lease's time before. */
const backWithinMs = 180_000

export const hostLost: Scenario = {
  name: 'host_lost',
  title: `a host with ${busy + silent} sessions is lost (SIGKILL of all its processes), two others survive`,
  random: false,
  // What it measures is the real thing; with shorter leases and one broker it would say little and take two minutes.
  legs: ['real'],
  alone: true,
  takeoverAimMs: ({ leaseTtlMs }) => leaseTtlMs + 10_000,
  async run(scene) {
    const { stack } = scene
    const tenantId = makeId('tenant', Date.now(), randomBytes(10))
    const sandbox = createSandboxControl({
      url: stack.url('sandbox'),
      token: stack.wiring.secrets.sandboxControlToken,
    })
    await recordJournal(stack, tenantId)
    await seedSessions(stack, sandbox, { tenantId, sessions: silent, ...perSession })
    const doomed = await scene.worker()
    const connected = async () => (await readWorker(doomed.url)).connected >= silent
    await waitFor(connected, { what: 'the sessions to be connected', deadlineMs: backWithinMs, everyMs: 500 })
    const world = await scene.world({ sessions: busy, phones: 20 })
    // Hosts with next to no share of the partitions: all sessions stay where they are until that host is gone.
    const survivors = [await scene.worker({ CAPACITY: '1' }), await scene.worker({ CAPACITY: '1' })]
    const traffic = flow(world, 20)
    await elapse(2_000)

    const lostAtMs = Date.now()
    scene.broke([doomed.workerId])
    doomed.signalAll('SIGKILL')
    await waitFor(async () => (await awaySince(scene, tenantId, lostAtMs)).length >= silent, {
      what: 'all sessions to be back',
      deadlineMs: backWithinMs,
      everyMs: 1_000,
    }).catch(() => {})
    await scene.ownedBy(survivors, backWithinMs)
    await elapse(3_000)
    await traffic.stop()
    const back = await awaySince(scene, tenantId, lostAtMs)
    scene.tookOver(back)
    scene.expect(back.length === silent, `${silent - back.length} of ${silent} silent sessions did not come back`)
    const owned = await Promise.all(survivors.map(async ({ url }) => (await readWorker(url)).sessions))
    scene.fact('sessions of the survivors', owned.join(' '))
  },
}

/** Each session that logged in again after that moment; by the network's own clock. */
async function awaySince({ stack }: Scene, tenantId: string, fromMs: number): Promise<Away[]> {
  const { sockets } = await readJournal(stack, tenantId)
  const first = new Map<string, number>()
  for (const { from, loggedInAtMs } of sockets) {
    if (loggedInAtMs > fromMs) first.set(from, Math.min(loggedInAtMs, first.get(from) ?? loggedInAtMs))
  }
  return [...first.values()].map((toMs) => ({ fromMs, toMs }))
}
