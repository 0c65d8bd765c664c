import { ApiError } from '@wagate/api/call.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import type { Scenario } from '../scenario.ts'
import { elapse } from '../time.ts'
import { flow } from '../traffic.ts'

const awayMs = 60_000

export const postgresDown: Scenario = {
  name: 'postgres_down',
  title: 'PostgreSQL is killed (SIGKILL) and stays away for 60 s',
  random: false,
  legs: ['short'],
  async run(scene) {
    const { stack } = scene
    await scene.worker()
    const world = await scene.world({ sessions: 8, phones: 10 })
    const { client } = world.tenant
    const sessionId = world.sessions[0]?.sessionId ?? ''
    const traffic = flow(world, 20)
    await elapse(1_000)
    await stack.kill('postgres')
    const backAt = performance.now() + awayMs
    const refused = await client.listMessages(sessionId).catch((error: unknown) => error)
    const status = refused instanceof ApiError ? refused.problem.status : 200
    scene.expect(status === 503, `a list without PostgreSQL was answered ${status}`)
    const before = world.workload.accepted.length
    await elapse(backAt - performance.now())
    const meanwhile = world.workload.accepted.length - before
    scene.fact('sends accepted meanwhile', meanwhile)
    scene.expect(meanwhile > 60, `only ${meanwhile} sends were accepted without PostgreSQL`)
    await stack.start()
    await traffic.stop()
    await waitFor(() => world.isQuiet(), { what: 'messages to settle', deadlineMs: 60_000, everyMs: 100 })
    const since = performance.now()
    const broken = await world.settled(60_000)
    scene.fact('views caught up after ms', Math.round(performance.now() - since))
    scene.expect(broken.length === 0, `60 s after PostgreSQL came back: ${broken[0]}`)
  },
}
