// What an account has of everything that its plan limits.
import type { PlanUse } from '@wagate/api/plan.ts'
import type { KeyControl } from '../control/keys.ts'
import type { MemberControl } from '../control/members.ts'
import type { MessageQuota } from '../quota/quota.ts'
import type { SessionDirectory } from '../session/directory.ts'
import type { WebhookStore } from '../webhook/store.ts'
import type { Holdings } from './fit.ts'

export type HoldingsDeps = {
  directory: Pick<SessionDirectory, 'count'>
  apiKeys: Pick<KeyControl, 'count'>
  webhooks: Pick<WebhookStore, 'count'>
  members: Pick<MemberControl, 'list'>
}

/** Throws `DatabaseUnavailable`: keys and endpoints are counted there. */
export async function holdingsOf(deps: HoldingsDeps, tenantId: string): Promise<Holdings> {
  const keys = async (mode: 'test' | 'live') => (await deps.apiKeys.count(tenantId, mode)).usable
  const [testKeys, liveKeys, testEndpoints, liveEndpoints, members] = await Promise.all([
    keys('test'),
    keys('live'),
    deps.webhooks.count(tenantId, 'test'),
    deps.webhooks.count(tenantId, 'live'),
    deps.members.list(tenantId),
  ])
  return {
    liveSessions: deps.directory.count(tenantId, 'live'),
    sandboxSessions: deps.directory.count(tenantId, 'test'),
    apiKeys: { test: testKeys, live: liveKeys },
    webhookEndpoints: { test: testEndpoints, live: liveEndpoints },
    members: members.length,
  }
}

export function presentUse(holdings: Holdings, messages: ReturnType<MessageQuota['used']>): PlanUse {
  return {
    live_sessions: holdings.liveSessions,
    sandbox_sessions: holdings.sandboxSessions,
    messages_this_minute: messages.minute,
    messages_this_month: messages.month,
    test_messages_this_minute: messages.testMinute,
    api_keys: holdings.apiKeys,
    webhook_endpoints: holdings.webhookEndpoints,
    members: holdings.members,
  }
}
