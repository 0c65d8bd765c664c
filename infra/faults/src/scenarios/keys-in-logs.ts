import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { plantings } from '../keys/plant.ts'
import { type PrivateKey, privateKeysOf } from '../keys/private-keys.ts'
import { createKeySearch } from '../keys/search.ts'
import type { Scenario } from '../scenario.ts'
import { elapse } from '../time.ts'
import { flow } from '../traffic.ts'

const kinds = ['creds.noiseKey', 'creds.signedIdentityKey', 'creds.signedPreKey', 'pre-key', 'session']

export const keysInLogs: Scenario = {
  name: 'keys_in_logs',
  title: 'everything that any process printed during engine kills and takeovers, at level debug, holds no private key',
  random: false,
  legs: ['short'],
  environment: { LOG_LEVEL: 'debug' },
  async run(scene) {
    const worker = await scene.worker()
    const world = await scene.world({ sessions: 6, phones: 8 })
    const traffic = flow(world, 20)
    for (let kill = 0; kill < 2; kill++) {
      await elapse(scene.between(1_000, 2_500))
      const died = worker.told('engine.died').length
      worker.signal(scene.pick(worker.engines()), 'SIGKILL')
      scene.broke([])
      await worker.until(() => worker.told('engine.died').length > died, 'the supervisor to notice')
    }
    const next = await scene.worker()
    scene.broke([])
    await worker.stop()
    await scene.ownedBy([next])
    await elapse(1_000)
    await traffic.stop()

    const { tenantId } = world.tenant
    const keys: PrivateKey[] = [
      { name: 'master key', bytes: Buffer.from(scene.stack.wiring.secrets.masterKey, 'base64') },
      ...(await scene.book.dataKeys(
        tenantId,
        world.sessions.map(({ sessionId }) => sessionId),
      )),
    ]
    for (const { sessionId } of world.sessions)
      keys.push(...privateKeysOf(await scene.book.records(tenantId, sessionId)))
    scene.fact('keys', keys.length)
    for (const kind of kinds)
      scene.expect(
        keys.some(({ name }) => name.startsWith(kind)),
        `the logs of the sessions hold no key of kind ${kind}`,
      )

    const search = createKeySearch(keys)
    // The search itself is on trial first: a real key, printed in every way, has to be found.
    const samples = kinds.flatMap((kind) => keys.find(({ name }) => name.startsWith(kind)) ?? [])
    for (const { name, bytes } of samples) {
      for (const [as, line] of plantings(bytes))
        scene.expect(search(line).length > 0, `a planted ${name} is not found as ${as}`)
    }
    let printed = 0
    for (const file of readdirSync(scene.stack.logs)) {
      const text = readFileSync(join(scene.stack.logs, file), 'utf8')
      printed += text.length
      for (const { key, as, line } of search(text)) scene.expect(false, `${file}:${line} shows ${key} as ${as}`)
    }
    scene.fact('characters searched', printed)
    scene.expect(printed > 10_000, 'nothing was printed')
  },
}
