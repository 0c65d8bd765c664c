// Does what an account has fit into a plan? Pure. Nothing is ever deleted for a customer: he is told what to remove.
import { type LimitName, type PlanName, plans } from '@wagate/messages/plans.ts'
import type { FieldError } from '../http/problem.ts'

type ByMode = { test: number; live: number }
/** What exists and stays, unlike messages, which a smaller plan lets fewer of from then on. */
export type Holdings = {
  liveSessions: number
  sandboxSessions: number
  apiKeys: ByMode
  webhookEndpoints: ByMode
  members: number
}

type Count = { path: string; limit: LimitName; used: number; one: string; many: string; remove: string }

const countsOf = ({ liveSessions, sandboxSessions, apiKeys, webhookEndpoints, members }: Holdings): Count[] => {
  const sessions = { remove: 'DELETE /v1/sessions/{id}' }
  const keys = { path: 'api_keys', limit: 'apiKeys', remove: 'DELETE /v1/api-keys/{id}' } as const
  const endpoints = {
    path: 'webhook_endpoints',
    limit: 'webhookEndpoints',
    remove: 'DELETE /v1/webhooks/{id}',
  } as const
  return [
    { ...sessions, path: 'live_sessions', limit: 'liveSessions', used: liveSessions, ...named('live session') },
    {
      ...sessions,
      path: 'sandbox_sessions',
      limit: 'sandboxSessions',
      used: sandboxSessions,
      ...named('sandbox session'),
    },
    { ...keys, used: apiKeys.live, ...named('live API key') },
    { ...keys, used: apiKeys.test, ...named('test API key') },
    { ...endpoints, used: webhookEndpoints.live, ...named('live webhook endpoint') },
    { ...endpoints, used: webhookEndpoints.test, ...named('test webhook endpoint') },
    { path: 'members', limit: 'members', used: members, remove: 'DELETE /v1/members/{id}', ...named('member') },
  ]
}

const named = (one: string) => ({ one, many: `${one}s` })

/** What to remove before the plan can be had; empty when everything fits. */
export function misfits(plan: PlanName, holdings: Holdings): FieldError[] {
  const { title, limits } = plans[plan]
  return countsOf(holdings).flatMap(({ path, limit, used, one, many, remove }) => {
    const allowed = limits[limit]
    const over = used - allowed
    if (over <= 0) return []
    const message = `${title} has ${allowed} ${allowed === 1 ? one : many}, you have ${used}: remove ${over} (${remove}).`
    return [{ path, message }]
  })
}
