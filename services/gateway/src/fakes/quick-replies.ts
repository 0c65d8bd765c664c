// Quick replies in memory, by tenant.
import type { QuickReply } from '@wagate/api/quick-reply.ts'
import type { QuickReplyStore } from '../quick-reply/store.ts'

export function fakeQuickReplies(): QuickReplyStore {
  const tenants = new Map<string, QuickReply[]>()
  const of = (tenantId: string): QuickReply[] => {
    const known = tenants.get(tenantId) ?? []
    tenants.set(tenantId, known)
    return known
  }
  const isTaken = (tenantId: string, shortcut: string | undefined, id: string): boolean =>
    of(tenantId).some((one) => one.shortcut === shortcut && one.id !== id)
  const find = (tenantId: string, id: string) => of(tenantId).find((one) => one.id === id)
  return {
    list: async (tenantId) => of(tenantId).toSorted((a, b) => (a.shortcut < b.shortcut ? -1 : 1)),
    find: async (tenantId, id) => find(tenantId, id),
    async create(tenantId, { id, shortcut, text, at, most }) {
      if (of(tenantId).length >= most) return 'full'
      if (isTaken(tenantId, shortcut, id)) return 'taken'
      const made = { id, shortcut, text, created_at: at.toISOString(), updated_at: at.toISOString() }
      of(tenantId).push(made)
      return made
    },
    async update(tenantId, id, { shortcut, text, at }) {
      const found = find(tenantId, id)
      if (!found) return undefined
      if (isTaken(tenantId, shortcut, id)) return 'taken'
      Object.assign(found, shortcut !== undefined && { shortcut }, text !== undefined && { text })
      return Object.assign(found, { updated_at: at.toISOString() })
    },
    async delete(tenantId, id) {
      const found = find(tenantId, id)
      if (found) of(tenantId).splice(of(tenantId).indexOf(found), 1)
      return found !== undefined
    },
  }
}
