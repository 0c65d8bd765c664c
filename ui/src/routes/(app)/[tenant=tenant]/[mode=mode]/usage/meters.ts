// What is used of the plan, as far as the plan limits it.
import type { AccountPlan } from '@wagate/api/plan.ts'
import type { Tone } from '#lib/tone.ts'

const names = ['live_sessions', 'sandbox_sessions', 'messages', 'members', 'api_keys', 'webhook_endpoints'] as const
export type Meter = { name: (typeof names)[number]; used: number; limit: number }

/** Test mode has sessions of its own, and no month is counted there. */
export function metersOf({ used, limits }: AccountPlan, mode: 'test' | 'live'): Meter[] {
  const ofMode: Meter[] =
    mode === 'test'
      ? [{ name: 'sandbox_sessions', used: used.sandbox_sessions, limit: limits.sandbox_sessions }]
      : [
          { name: 'live_sessions', used: used.live_sessions, limit: limits.live_sessions },
          { name: 'messages', used: used.messages_this_month, limit: limits.messages_per_month },
        ]
  return [
    ...ofMode,
    { name: 'members', used: used.members, limit: limits.members },
    { name: 'api_keys', used: used.api_keys[mode], limit: limits.api_keys },
    { name: 'webhook_endpoints', used: used.webhook_endpoints[mode], limit: limits.webhook_endpoints },
  ]
}

const nearShare = 0.8

/** Over it is what an agreement or a smaller plan can leave behind. */
export function toneOf({ used, limit }: Pick<Meter, 'used' | 'limit'>): Tone {
  if (used >= limit) return 'bad'
  return used >= limit * nearShare ? 'warn' : 'good'
}
