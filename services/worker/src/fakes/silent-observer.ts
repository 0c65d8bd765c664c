import type { ConnectionObserver } from '../session/connection-counts.ts'

export const silentObserver: ConnectionObserver = {
  closed: () => {},
  deaf: () => {},
  proxyFailed: () => {},
  quarantined: () => {},
  poisoned: () => {},
}
