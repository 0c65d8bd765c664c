import type { World } from '@wagate/testing/world.ts'

/** Lets messages flow in both directions until `stop`, which resolves when all that were begun are accepted. */
export function flow(world: World, perSecond: number): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const flowing = world.workload.steadily(perSecond, stopping.signal)
  // Told by `stop`; until then it must not end the program.
  flowing.catch(() => {})
  return {
    stop() {
      stopping.abort()
      return flowing
    },
  }
}
