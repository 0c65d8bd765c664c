import type { EventType } from '@wagate/messages/events.ts'
import type { SigningKey } from '../attempt/sign.ts'

export type Mode = 'test' | 'live'

/** Where one tenant wants some of its events; only those that are enabled and not deleted. */
export type Endpoint = {
  tenantId: string
  endpointId: string
  url: string
  mode: Mode
  /** Empty means every type. */
  eventTypes: readonly string[]
  /** What signs its deliveries; undefined when its secret cannot be opened with our master key. */
  key: SigningKey | undefined
}

export const endpointKey = (endpoint: { tenantId: string; endpointId: string }): string =>
  `${endpoint.tenantId}|${endpoint.endpointId}`

/** Whether an event of that type, of a session in that mode, goes there. */
export const wants = (endpoint: Endpoint, mode: Mode, type: EventType): boolean =>
  endpoint.mode === mode && (endpoint.eventTypes.length === 0 || endpoint.eventTypes.includes(type))
