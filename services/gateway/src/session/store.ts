// Sessions in the broker: the configuration that makes one exist, and the QR string that it shows.
import {
  type PairingRecord,
  pairingRecord,
  type SessionConfig,
  type SessionState,
  sessionConfig,
  sessionConfigKey,
  sessionKey,
  sessionState,
  sessionStateKey,
} from '@wagate/messages/control.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'

export type SessionStore = ReturnType<typeof createSessionStore>

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))

export function createSessionStore(sessions: KvBucket, pairing: KvBucket) {
  return {
    /** Resolves with the revision. Throws `KeyExists`. */
    createSessionConfig: (config: SessionConfig) =>
      sessions.create(sessionConfigKey(config.tenantId, config.sessionId), bytes(config)),

    /** Throws `WrongLastSequence` when somebody else changed it. */
    updateSessionConfig: (config: SessionConfig, revision: number) =>
      sessions.update(sessionConfigKey(config.tenantId, config.sessionId), bytes(config), revision),

    async readSessionConfig(tenantId: string, sessionId: string) {
      const entry = await sessions.get(sessionConfigKey(tenantId, sessionId))
      const parsed = entry && parseJson(entry.value, sessionConfig, (config) => ({ ok: true as const, config }))
      if (!entry || !parsed?.ok) return undefined
      const isItsOwn = parsed.config.tenantId === tenantId && parsed.config.sessionId === sessionId
      return isItsOwn ? { config: parsed.config, revision: entry.revision } : undefined
    },

    /** As its owner wrote it last; for when the watch may be a moment behind. */
    async readSessionState(tenantId: string, sessionId: string): Promise<SessionState | undefined> {
      const entry = await sessions.get(sessionStateKey(tenantId, sessionId))
      const parsed = entry && parseJson(entry.value, sessionState, (state) => ({ ok: true as const, state }))
      return parsed?.ok ? parsed.state : undefined
    },

    /** What the session shows to be scanned; read live, because it is kept nowhere else. */
    async readPairing(tenantId: string, sessionId: string): Promise<PairingRecord | undefined> {
      const entry = await pairing.get(sessionKey(tenantId, sessionId))
      const parsed = entry && parseJson(entry.value, pairingRecord, (record) => ({ ok: true as const, record }))
      return parsed?.ok ? parsed.record : undefined
    },
  }
}
