// The sessions that exist, held in memory through a watch on the bucket `sessions`. Everything in an engine is kept by session id
// alone, so a record counts only if it lies under its own key and its session is no other tenant's.
import { type SessionConfig, sessionConfig, sessionConfigKey } from '@wagate/messages/control.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import type { KvBucket, KvWatch } from '@wagate/runtime/broker.ts'

export type SessionDirectory = {
  all: () => Iterable<SessionConfig>
  find: (tenantId: string, sessionId: string) => SessionConfig | undefined
  watch: KvWatch
}

export type SessionsChanged = {
  changed: (config: SessionConfig) => void
  removed: (sessionId: string) => void
  /** A record that counts for nothing: it changes no session. */
  refused: (key: string, reason: string) => void
}

export async function watchSessions(bucket: Pick<KvBucket, 'watch'>, on: SessionsChanged): Promise<SessionDirectory> {
  const configs = new Map<string, SessionConfig>()

  function find(tenantId: string, sessionId: string): SessionConfig | undefined {
    const config = configs.get(sessionId)
    return config?.tenantId === tenantId ? config : undefined
  }

  function accept(key: string, config: SessionConfig) {
    const { tenantId, sessionId } = config
    if (key !== sessionConfigKey(tenantId, sessionId)) return refusal('the key and the record disagree')
    const known = configs.get(sessionId)
    if (known && known.tenantId !== tenantId) return refusal("the session is another tenant's")
    return { ok: true as const, config }
  }

  const watch = await bucket.watch({
    key: '*.*.config',
    onEntry: ({ key, value }) => {
      if (!value) {
        const [tenantId = '', sessionId = ''] = key.split('.')
        if (find(tenantId, sessionId) && configs.delete(sessionId)) on.removed(sessionId)
        return
      }
      const parsed = parseJson(value, sessionConfig, (config) => accept(key, config))
      if (!parsed.ok) return on.refused(key, parsed.reason)
      configs.set(parsed.config.sessionId, parsed.config)
      on.changed(parsed.config)
    },
  })
  return { all: () => configs.values(), find, watch }
}

const refusal = (reason: string) => ({ ok: false as const, reason })
