import { waitFor } from '@wagate/testing/wait-for.ts'
import { cuttableProxy } from '../proxy.ts'
import type { Scenario } from '../scenario.ts'
import { elapse } from '../time.ts'
import { flow } from '../traffic.ts'

export const partition: Scenario = {
  name: 'partition',
  title: 'nothing passes between a worker and NATS, in one direction or both, while its sockets to WhatsApp stay open',
  random: true,
  takeoverAimMs: ({ leaseTtlMs }) => leaseTtlMs + 10_000,
  async run(scene) {
    const { stack, leg } = scene
    const servers = (stack.cluster?.url ?? stack.url('nats')).split(',')
    const proxies = await Promise.all(servers.map((url) => cuttableProxy(Number(new URL(url).port))))
    const close = () => Promise.all(proxies.map((proxy) => proxy.close()))
    try {
      const cutOff = await scene.worker({ NATS_URL: proxies.map(({ url }) => url).join(',') })
      const world = await scene.world({ sessions: 6, phones: 8 })
      const survivor = await scene.worker({ ENGINES: '1' })
      const traffic = flow(world, scene.between(5, 20))
      await elapse(scene.between(500, 3_000))
      const direction = scene.pick(['both', 'to_broker', 'from_broker'] as const)
      scene.fact('direction', direction)
      scene.broke([cutOff.workerId])
      const cutAtMs = Date.now()
      for (const proxy of proxies) proxy.block(direction)
      await scene.ownedBy([survivor], leg.leaseTtlMs + 30_000)
      await waitFor(() => cutOff.told('partition.abandoned').length > 0, {
        what: 'the worker that is cut off to close its sockets',
        deadlineMs: leg.leaseTtlMs,
      })
      const abandonedMs = Math.min(...cutOff.told('partition.abandoned').map(({ atMs }) => atMs)) - cutAtMs
      scene.fact('first sockets closed after ms', abandonedMs)
      // 0.85 of the lease after its last renewal, which began before the cut; looked at twice a second.
      const closeByMs = 0.85 * leg.leaseTtlMs + 1_500
      scene.expect(
        abandonedMs <= closeByMs,
        `sockets were closed ${abandonedMs} ms after the cut, not within ${closeByMs}`,
      )
      await elapse(1_000)
      for (const proxy of proxies) proxy.heal()
      await elapse(3_000)
      await traffic.stop()
    } finally {
      for (const proxy of proxies) proxy.heal()
      scene.atEnd(close)
    }
  },
}
