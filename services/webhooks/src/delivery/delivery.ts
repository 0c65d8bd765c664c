/** A delivery that this copy of the service holds: nobody else attempts it before the claim ends. */
export type Delivery = {
  tenantId: string
  endpointId: string
  deliveryId: string
  eventId: string
  eventType: string
  /** Null for a test of the endpoint. */
  sessionId: string | null
  body: string
  /** Attempts that ended before. */
  attempts: number
  /** How often somebody had it resent. */
  resends: number
  /** Attempts that had ended when it was last resent. */
  attemptsBefore: number
}

/** How long a copy may hold a delivery. One that dies holds it no longer than this. */
export const claimMs = 60_000
