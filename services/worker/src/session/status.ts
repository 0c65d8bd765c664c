// What the rest of Wagate sees of a session between events: its status, whose account it is, whether it takes more.
import type { SessionState } from '@wagate/messages/control.ts'
import type { CloseReason } from '@wagate/messages/events.ts'
import type { Memory } from '../log/memory.ts'

export function createStatus(deps: { memory: Memory; now: () => Date; publish: (state: SessionState) => void }) {
  let status: SessionState['status'] = 'starting'
  let reason: CloseReason | undefined
  let queueFull = false

  function publish(): void {
    const { account, epoch } = deps.memory
    deps.publish({
      v: 1,
      status,
      ...(reason ? { reason } : {}),
      ...(account.phone || account.lid ? { account } : {}),
      queueFull,
      epoch,
      since: deps.now().toISOString(),
    })
  }

  return {
    set(next: SessionState['status'], why?: CloseReason): void {
      status = next
      reason = next === 'closed' ? why : undefined
      publish()
    },
    setQueueFull(full: boolean): void {
      queueFull = full
      publish()
    },
  }
}
