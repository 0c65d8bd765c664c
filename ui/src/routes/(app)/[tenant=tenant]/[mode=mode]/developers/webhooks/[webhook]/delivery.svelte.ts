import type { Delivery } from '@wagate/api/webhook.ts'
import type { Tone } from '#lib/tone.ts'
import { invalidate } from '$app/navigation'

export const deliveryTone: Record<Delivery['status'], Tone> = {
  pending: 'busy',
  delivered: 'good',
  exhausted: 'bad',
  cancelled: 'idle',
}

export const deliveryStatuses = [
  'pending',
  'delivered',
  'exhausted',
  'cancelled',
] as const satisfies Delivery['status'][]

/** What the last attempt came to: a status, or why there was none. */
export const outcomeOf = ({ last_status_code: status, last_error: error }: Delivery): string =>
  status === null ? (error ?? '') : String(status)

const soonMs = 60_000

/** It is being attempted, or will be within a minute: nobody need resend it. */
export const isAboutToBeTried = ({ status, next_attempt_at: at }: Delivery): boolean =>
  status === 'pending' && at !== null && Date.parse(at) - Date.now() <= soonMs

/** Attempts are no events, so what was asked for a moment ago is looked at again: after 1, 2, 4 … seconds, and no more than six times. */
export function lookAgain(deliveries: () => readonly Delivery[]): void {
  let looks = 0
  $effect(() => {
    if (!deliveries().some(isAboutToBeTried)) {
      looks = 0
      return
    }
    if (looks >= 6) return
    const timer = setTimeout(() => void invalidate('app:deliveries'), 1_000 * 2 ** looks++)
    return () => clearTimeout(timer)
  })
}
