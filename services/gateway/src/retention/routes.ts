import { type Retention, retention, type UpdateRetention, updateRetention } from '@wagate/api/retention.ts'
import type { TenantRecord } from '@wagate/messages/control.ts'
import { checkLive } from '../access/check-live.ts'
import { invalid } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import type { KeptRetention, RetentionDays, RetentionStore } from './store.ts'

export type RetentionDeps = {
  retention: RetentionStore
  /** For how long the tenant's plan keeps data at most. */
  maxRetentionDays: (tenant: TenantRecord) => number
  now: () => Date
}

const tag = 'Data'

export function retentionRoutes(mount: Mount, deps: RetentionDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/retention',
      scope: 'account:read',
      tag,
      summary: 'Tell how long data are kept',
      answers: {
        200: { description: 'What you chose, what your plan allows, and what was removed.', schema: retention },
      },
      problems: ['views-unavailable'],
    },
    async (call) => {
      const { tenantId, tenant } = call.caller
      return call.json(200, present(await deps.retention.find(tenantId), deps.maxRetentionDays(tenant)))
    },
  )

  mount(
    {
      method: 'patch',
      path: '/v1/retention',
      audit: 'tenant.retention_changed',
      scope: 'account:write',
      tag,
      summary: 'Change how long data are kept',
      description:
        'For both modes, so only a live key may. What is older is removed for good, within minutes. Fields that are left out stay as they are.',
      body: updateRetention,
      answers: { 200: { description: 'As it is now.', schema: retention } },
      problems: ['live-key-required', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, tenant } = call.caller
      checkLive(call.caller)
      const maxDays = deps.maxRetentionDays(tenant)
      const change = changeOf(call.body, maxDays)
      checkChats({ ...(await deps.retention.find(tenantId)), ...change }, maxDays)
      call.note({ targets: [tenantId], changes: chosenIn(call.body) })
      return call.json(200, present(await deps.retention.update(tenantId, change, deps.now()), maxDays))
    },
  )
}

const chosenIn = (body: UpdateRetention): Record<string, number | null> =>
  Object.fromEntries(
    Object.entries(body).flatMap(([name, days]) => (days === undefined ? [] : [[name, days] as const])),
  )

function changeOf(body: UpdateRetention, maxDays: number): Partial<RetentionDays> {
  for (const [name, days] of Object.entries(body))
    if (typeof days === 'number' && days > maxDays)
      throw invalid(name, `Your plan keeps data for ${maxDays} days at most: choose fewer, or null for all of them.`)
  const { message_days: messageDays, chat_days: chatDays, webhook_delivery_days: deliveryDays } = body
  return {
    ...(messageDays !== undefined && { messageDays }),
    ...(chatDays !== undefined && { chatDays }),
    ...(deliveryDays !== undefined && { deliveryDays }),
  }
}

function checkChats({ messageDays, chatDays }: RetentionDays, maxDays: number): void {
  if (chatDays !== null && chatDays < (messageDays ?? maxDays))
    throw invalid(
      'chat_days',
      'A chat is kept at least as long as its messages: raise chat_days, or lower message_days.',
    )
}

const iso = (time: Date | null): string | null => time?.toISOString() ?? null

const present = (kept: KeptRetention, maxDays: number): Retention => ({
  message_days: kept.messageDays,
  chat_days: kept.chatDays,
  webhook_delivery_days: kept.deliveryDays,
  max_days: maxDays,
  messages_removed_before: iso(kept.messagesBefore),
  chats_removed_before: iso(kept.chatsBefore),
  webhook_deliveries_removed_before: iso(kept.deliveriesBefore),
  last_run_at: iso(kept.lastRunAt),
  next_run_at: iso(kept.nextRunAt),
})
