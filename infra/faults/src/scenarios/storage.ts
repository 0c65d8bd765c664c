// Where bytes are kept fails: the object store is away, a disk is full.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { NotPossibleHere, type Scenario } from '../scenario.ts'
import { elapse } from '../time.ts'
import { flow } from '../traffic.ts'

export const s3Down: Scenario = {
  name: 's3_down',
  title: 'the object store is killed (SIGKILL) and stays away while an engine dies; then it is back',
  random: true,
  legs: ['short'],
  takeoverAimMs: () => 5_000,
  async run(scene) {
    const { stack } = scene
    const worker = await scene.worker()
    const metrics = await (await fetch(`${worker.url}/metrics`)).text()
    if (!/^# HELP \w*snapshot/m.test(metrics)) throw new NotPossibleHere('no service uses the object store yet')
    const world = await scene.world({ sessions: 6, phones: 8 })
    const traffic = flow(world, 20)
    await elapse(1_000)
    await stack.kill('s3')
    await elapse(scene.between(2_000, 6_000))
    const died = worker.told('engine.died').length
    worker.signal(scene.pick(worker.engines()), 'SIGKILL')
    await worker.until(() => worker.told('engine.died').length > died, 'the supervisor to notice')
    for (const { engineId, atMs } of worker.told('engine.died').slice(died))
      scene.broke([`${worker.workerId}-${engineId}`], atMs)
    await elapse(3_000)
    await stack.start()
    await elapse(3_000)
    await traffic.stop()
  },
}

const diskMiB = 96
/** `/healthz` has to say it by then. */
const toldWithinMs = 30_000

export const diskFull: Scenario = {
  name: 'disk_full',
  title: `the disk of one nats-server of three (a tmpfs of ${diskMiB} MiB) is full under load; room is made, the server starts again`,
  random: false,
  legs: ['real'],
  async run(scene) {
    const { cluster } = scene.stack
    if (!cluster) throw new Error('this scenario needs a cluster')
    const member = scene.pick(cluster.members)
    await member.stop()
    const disk = mountOver(member.dir)
    scene.atEnd(async () => {
      await member.kill()
      disk.unmount()
    })
    await member.start()
    await waitFor(() => member.isHealthy(), { what: 'the server to catch up', deadlineMs: 60_000, everyMs: 200 })
    await scene.worker()
    const world = await scene.world({ sessions: 8, phones: 10 })
    const traffic = flow(world, 25)
    await elapse(1_000)
    disk.fill()
    scene.broke([])
    const since = performance.now()
    await waitFor(async () => !(await member.isHealthy()), { deadlineMs: toldWithinMs, everyMs: 200 }).catch(() => {})
    const healthy = await member.isHealthy()
    scene.fact('told by /healthz', healthy ? 'no' : `after ${Math.round(performance.now() - since)} ms`)
    const before = world.workload.accepted.length
    await elapse(5_000)
    scene.expect(world.workload.accepted.length > before, 'nothing is accepted while one disk of three is full')
    disk.makeRoom()
    await member.kill()
    scene.broke([])
    await member.start()
    await waitFor(() => member.isHealthy(), {
      what: 'the server to recover without repair',
      deadlineMs: 90_000,
      everyMs: 500,
    })
    await elapse(2_000)
    await traffic.stop()
  },
}

/** A small disk in the place of a folder, with what is in it. */
function mountOver(folder: string) {
  const aside = `${folder}.aside`
  cpSync(folder, aside, { recursive: true })
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMiB}m`, 'tmpfs', folder], { encoding: 'utf8' })
  if (mount.status !== 0)
    throw new NotPossibleHere(`no tmpfs can be mounted: ${(mount.stderr || String(mount.error)).trim()}`)
  cpSync(aside, folder, { recursive: true })
  rmSync(aside, { recursive: true })
  const ballast = join(folder, 'ballast')
  return {
    fill() {
      mkdirSync(ballast, { recursive: true })
      const mib = Buffer.alloc(2 ** 20, 1)
      // Smaller and smaller, until not even one byte fits.
      for (let n = 0, size = mib.length; size > 0; n++) {
        try {
          writeFileSync(join(ballast, String(n)), mib.subarray(0, size))
        } catch {
          size >>= 1
        }
      }
    },
    makeRoom: () => rmSync(ballast, { recursive: true, force: true }),
    unmount: () => void spawnSync('umount', [folder]),
  }
}
