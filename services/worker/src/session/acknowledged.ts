// Before a session changes its owner in good order: what WhatsApp has just been handed gets a moment to be acknowledged, so
// that the next owner does not send it again.
/** A frame that was not acknowledged in this time will be sent again under the same id. */
const patienceMs = 5_000

export async function waitForAcknowledgements(deps: {
  unacknowledged: () => number
  connected: () => boolean
  nowMs: () => number
  pause: () => Promise<void>
}): Promise<void> {
  const deadlineMs = deps.nowMs() + patienceMs
  while (deps.unacknowledged() > 0 && deps.connected() && deps.nowMs() < deadlineMs) await deps.pause()
}
