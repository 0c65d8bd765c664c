// Everything in one engine is lost at once: how long until another has all sessions connected, and where the time went.

import { type Distribution, distributionOf } from '../measure/percentiles.ts'
import { processTable, treeOf } from '../measure/processes.ts'
import { reached, watchEventLoop } from './reading.ts'

export type Takeover = {
  /** Until the first partition had a lease (host) or the new engine was there (engine). */
  ownedMs: number
  /** Until the first session was connected again. */
  firstMs: number
  /** Until half of them were, and all. */
  halfMs: number
  allMs: number
  /** p99 of each second on the new engine meanwhile. */
  eventLoop: Distribution
}

export async function measureTakeover(
  crash: () => void,
  survivorUrl: string,
  sessions: number,
  isOwned: (reading: { partitions: number; sessions: number }) => boolean,
): Promise<Takeover> {
  const startedAtMs = performance.now()
  crash()
  await reached(survivorUrl, 'the loss', ({ connected }) => connected < sessions)
  const delays = watchEventLoop(survivorUrl)
  const after = (atMs: number): number => atMs - startedAtMs
  const ownedMs = after(await reached(survivorUrl, 'an owner', isOwned))
  const firstMs = after(await reached(survivorUrl, 'a session', ({ connected }) => connected > 0))
  const halfMs = after(await reached(survivorUrl, 'half', ({ connected }) => connected >= sessions / 2))
  const allMs = after(await reached(survivorUrl, 'all', ({ connected }) => connected >= sessions))
  return { ownedMs, firstMs, halfMs, allMs, eventLoop: distributionOf(delays.stop()) }
}

/** A whole worker at once, as when its host loses power. */
export function killTree(pid: number): void {
  for (const member of treeOf(pid, processTable())) process.kill(member, 'SIGKILL')
}

export function enginesBelow(supervisor: number): number[] {
  return treeOf(supervisor, processTable()).filter((pid) => pid !== supervisor)
}
