// What routes read and write of a tenant's rows, by the names that they know it by.
import { createAuditStore } from '../audit/store.ts'
import { createChatDesks } from '../chat/desk.ts'
import { createChatViews } from '../chat/views.ts'
import { createJobStore } from '../job/store.ts'
import { createMessageSearch } from '../message/search.ts'
import { createQuickReplyStore } from '../quick-reply/store.ts'
import { createRequestStore } from '../request-log/store.ts'
import { createRetentionStore } from '../retention/store.ts'
import { createTimelineStore } from '../session/timeline-store.ts'
import { createDeliveryStore } from '../webhook/delivery-store.ts'
import { createWebhookStore } from '../webhook/store.ts'
import type { InTenant } from './in-tenant.ts'

export const createStores = (inTenant: InTenant) => ({
  auditStore: createAuditStore(inTenant),
  chats: createChatViews(inTenant),
  desks: createChatDesks(inTenant),
  jobs: createJobStore(inTenant),
  searchMessages: createMessageSearch(inTenant),
  quickReplies: createQuickReplyStore(inTenant),
  requests: createRequestStore(inTenant),
  retention: createRetentionStore(inTenant),
  timeline: createTimelineStore(inTenant),
  webhooks: createWebhookStore(inTenant),
  deliveries: createDeliveryStore(inTenant),
})
