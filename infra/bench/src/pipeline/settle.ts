// Knowing when everything that was asked for has gone all the way.
import { setTimeout as pause } from 'node:timers/promises'
import { waitFor } from '@wagate/testing/wait-for.ts'
import type { World } from './world.ts'

const settleWithinMs = 180_000
const quietMs = 1_000

/** How many message stanzas of this tenant the network has taken so far, from sessions and from people. */
export const takenByNetwork = async ({ sandbox, tenant }: Pick<World, 'sandbox' | 'tenant'>): Promise<number> =>
  (await sandbox.stats(tenant.id)).messages_received

/** What the network should have taken when nothing is on its way. Everything that makes messages adds to it. */
export type Ledger = { expected: number }

/** Resolves when the network has taken every message so far; gives the moment. */
export async function allSent(world: World, everyMs = 25): Promise<number> {
  const { expected } = world.ledger
  const taken = async () => (await takenByNetwork(world)) >= expected
  await waitFor(taken, { deadlineMs: settleWithinMs, everyMs, what: `${expected} messages to be sent` })
  return performance.now()
}

/** Resolves when, besides, no consumer has anything left to do and no event has followed for a while; gives when that began. */
export async function settled(world: World): Promise<number> {
  await allSent(world, 100)
  const state = async () => {
    const { unsettled, streams } = await world.broker()
    return unsettled > 0 ? undefined : `${streams.EVENTS?.lastSeq} ${streams.SESSION_LOG?.lastSeq}`
  }
  const deadlineMs = performance.now() + settleWithinMs
  let known = await state()
  let sinceMs = performance.now()
  for (;;) {
    await pause(100)
    const now = await state()
    if (now === undefined || now !== known) sinceMs = performance.now()
    else if (performance.now() - sinceMs >= quietMs) return sinceMs
    known = now
    if (performance.now() > deadlineMs) throw new Error('the pipeline did not come to rest')
  }
}
