// Knowing when everything that was asked for has gone all the way.
import { setTimeout as pause } from 'node:timers/promises'
import { waitFor } from '@wagate/testing/wait-for.ts'
import type { World } from './world.ts'

const settleWithinMs = 120_000

/** Resolves when the network has taken so many messages of this tenant in all; gives the moment. */
export async function sentInAll({ sandbox, tenant }: World, messages: number, everyMs = 25): Promise<number> {
  const taken = async () => (await sandbox.stats(tenant.id)).messages_received >= messages
  await waitFor(taken, { deadlineMs: settleWithinMs, everyMs, what: `${messages} messages to be sent` })
  return performance.now()
}

export const takenByNetwork = async ({ sandbox, tenant }: World): Promise<number> =>
  (await sandbox.stats(tenant.id)).messages_received

/** Resolves when no consumer has anything left to do and no event has followed for a while; gives when the last one ended. */
export async function settled({ broker }: Pick<World, 'broker'>, quietMs = 400): Promise<number> {
  const state = async () => {
    const { unsettled, streams } = await broker()
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
