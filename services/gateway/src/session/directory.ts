// All sessions of all tenants in memory, fed by one watch on the bucket `sessions`: finds one in microseconds, without Postgres.
import {
  type SessionConfig,
  type SessionState,
  sessionConfig,
  sessionConfigKey,
  sessionState,
} from '@wagate/messages/control.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import type { KvEntry } from '@wagate/runtime/broker.ts'

export type SessionEntry = { config: SessionConfig; state: SessionState | undefined }
export type SessionDirectory = ReturnType<typeof createSessionDirectory>

type Slot = { config?: SessionConfig; configRevision: number; state?: SessionState; stateRevision: number }

/** A session that is being created; once it has an id, it is counted either here or among the sessions that exist. */
type Reservation = { sessionId?: string }

/** Modes of sessions that are gone stay known, for their last events; the oldest is forgotten beyond this many. */
const rememberedModes = 10_000

export function createSessionDirectory() {
  const tenants = new Map<string, Map<string, Slot>>()
  const departed = new Map<string, Mode>()
  /** Who waits for the next state of a session. */
  const awaited = new Map<string, Set<() => void>>()
  const reserved = new Map<string, Set<Reservation>>()

  const slotOf = (tenantId: string, sessionId: string) => tenants.get(tenantId)?.get(sessionId)
  const entryOf = (slot: Slot | undefined): SessionEntry | undefined =>
    slot?.config?.desired === 'running' ? { config: slot.config, state: slot.state } : undefined

  function openSlot(tenantId: string, sessionId: string): Slot {
    const sessions = tenants.get(tenantId) ?? new Map<string, Slot>()
    tenants.set(tenantId, sessions)
    const slot = sessions.get(sessionId) ?? { configRevision: 0, stateRevision: 0 }
    sessions.set(sessionId, slot)
    return slot
  }

  function forget(tenantId: string, sessionId: string, mode: Mode): void {
    departed.set(`${tenantId}.${sessionId}`, mode)
    const oldest = departed.size > rememberedModes ? departed.keys().next().value : undefined
    if (oldest !== undefined) departed.delete(oldest)
  }

  function drop(tenantId: string, sessionId: string): void {
    const slot = slotOf(tenantId, sessionId)
    if (!slot || slot.config || slot.state) return
    tenants.get(tenantId)?.delete(sessionId)
    if (tenants.get(tenantId)?.size === 0) tenants.delete(tenantId)
  }

  /** Takes over a configuration that this process wrote or read, ahead of the watch. */
  function put(config: SessionConfig, revision: number): void {
    const slot = openSlot(config.tenantId, config.sessionId)
    if (revision < slot.configRevision) return
    slot.config = config
    slot.configRevision = revision
  }

  /** Newest first. */
  const list = (tenantId: string, mode: Mode): SessionEntry[] =>
    [...(tenants.get(tenantId)?.values() ?? [])]
      .flatMap((slot) => entryOf(slot) ?? [])
      .filter((entry) => entry.config.mode === mode)
      .sort((a, b) => (a.config.sessionId < b.config.sessionId ? 1 : -1))

  return {
    put,

    /** One entry of the watch; what does not parse, or names another session than its key, is ignored and answered false. */
    apply(entry: KvEntry): boolean {
      const [tenantId, sessionId, part] = entry.key.split('.')
      if (!tenantId || !sessionId || (part !== 'config' && part !== 'state')) return false
      if (entry.value === undefined) return applyRemoval(tenantId, sessionId, part, entry.revision)
      if (part === 'config') {
        const parsed = parseJson(entry.value, sessionConfig, (value) => ({ ok: true as const, value }))
        if (!parsed.ok || sessionConfigKey(parsed.value.tenantId, parsed.value.sessionId) !== entry.key) return false
        put(parsed.value, entry.revision)
        return true
      }
      const parsed = parseJson(entry.value, sessionState, (value) => ({ ok: true as const, value }))
      if (!parsed.ok) return false
      const slot = openSlot(tenantId, sessionId)
      if (entry.revision >= slot.stateRevision)
        Object.assign(slot, { state: parsed.value, stateRevision: entry.revision })
      for (const resolve of awaited.get(sessionId) ?? []) resolve()
      return true
    },

    /** Resolves when the session's owner has written its state again, at the latest after that time. */
    async stateAfter(sessionId: string, withinMs: number): Promise<void> {
      const waiting = awaited.get(sessionId) ?? new Set()
      awaited.set(sessionId, waiting)
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.add(resolve)
      const timer = setTimeout(resolve, withinMs)
      await promise
      clearTimeout(timer)
      waiting.delete(resolve)
      if (waiting.size === 0 && awaited.get(sessionId) === waiting) awaited.delete(sessionId)
    },

    /** A session that exists, of that tenant and mode. */
    find(tenantId: string, mode: Mode, sessionId: string): SessionEntry | undefined {
      const entry = entryOf(slotOf(tenantId, sessionId))
      return entry?.config.mode === mode ? entry : undefined
    },

    /** True when a deleted session is remembered: no need to look it up. */
    isDeleted: (tenantId: string, sessionId: string): boolean =>
      slotOf(tenantId, sessionId)?.config?.desired === 'deleted' || departed.has(`${tenantId}.${sessionId}`),

    list,

    /** A session that exists, whoever's it is: for the operator. */
    locate(sessionId: string): SessionConfig | undefined {
      for (const sessions of tenants.values()) {
        const entry = entryOf(sessions.get(sessionId))
        if (entry) return entry.config
      }
    },

    /** Of every session that exists, whoever's it is. */
    *configs(): Generator<SessionConfig> {
      for (const sessions of tenants.values())
        for (const slot of sessions.values()) {
          const entry = entryOf(slot)
          if (entry) yield entry.config
        }
    },

    /** Sessions of a mode, those being created by this process included. */
    count(tenantId: string, mode: Mode): number {
      const existing = new Set(list(tenantId, mode).map(({ config }) => config.sessionId))
      const coming = [...(reserved.get(`${tenantId}.${mode}`) ?? [])]
      return (
        existing.size + coming.filter(({ sessionId }) => sessionId === undefined || !existing.has(sessionId)).length
      )
    },

    /** Counts one more session until released. `as` says which one it became: the watch may show it at any moment. */
    reserve(tenantId: string, mode: Mode): { as: (sessionId: string) => void; release: () => void } {
      const key = `${tenantId}.${mode}`
      const own: Reservation = {}
      const all = reserved.get(key) ?? new Set()
      reserved.set(key, all.add(own))
      return {
        as: (sessionId) => {
          own.sessionId = sessionId
        },
        release: () => {
          all.delete(own)
          if (all.size === 0 && reserved.get(key) === all) reserved.delete(key)
        },
      }
    },

    /** Also of a session that was deleted a while ago. */
    modeOf: (tenantId: string, sessionId: string): Mode | undefined =>
      slotOf(tenantId, sessionId)?.config?.mode ?? departed.get(`${tenantId}.${sessionId}`),
  }

  function applyRemoval(tenantId: string, sessionId: string, part: 'config' | 'state', revision: number): boolean {
    const slot = slotOf(tenantId, sessionId)
    if (!slot) return true
    if (part === 'config' && slot.config && revision >= slot.configRevision) {
      forget(tenantId, sessionId, slot.config.mode)
      delete slot.config
    }
    if (part === 'state' && revision >= slot.stateRevision) delete slot.state
    drop(tenantId, sessionId)
    return true
  }
}
