// Outboxes are paused from outside, as a network would: acknowledgements are withheld, and recipients are offline so that
// no receipt stands in for one. Each session then stops at its window of unacknowledged messages (32) and takes the rest
// into its log and outbox. Everything else works on.
import type { World } from './world.ts'

export async function pauseOutboxes({ sandbox, tenant, contacts }: World): Promise<void> {
  for (const { id } of contacts) await sandbox.setOnline(id, false)
  await sandbox.holdAcks(tenant.id, true)
}

/** Resolves once the outboxes may drain; recipients come back online after that. */
export async function resumeOutboxes({ sandbox, tenant, contacts }: World): Promise<void> {
  await sandbox.holdAcks(tenant.id, false)
  for (const { id } of contacts) await sandbox.setOnline(id, true)
}
