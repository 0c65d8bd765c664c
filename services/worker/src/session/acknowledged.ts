// Before a session changes its owner or its connection in good order: what WhatsApp has just been handed gets a moment to be
// acknowledged, so that it is not sent again.
/** A frame that was not acknowledged in this time will be sent again under the same id. */
const patienceMs = 5_000

export type AcknowledgementDeps = {
  unacknowledged: () => number
  connected: () => boolean
  nowMs: () => number
  pause: () => Promise<void>
}

export async function waitForAcknowledgements(deps: AcknowledgementDeps): Promise<void> {
  const deadlineMs = deps.nowMs() + patienceMs
  while (deps.unacknowledged() > 0 && deps.connected() && deps.nowMs() < deadlineMs) await deps.pause()
}
