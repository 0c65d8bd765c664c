// The sessions that exist, held in memory through a watch on the bucket `sessions`.
import { type SessionConfig, sessionConfig } from '@wagate/messages/control.ts'
import type { KvBucket, KvWatch } from '@wagate/runtime/broker.ts'

export type SessionDirectory = {
  all: () => Iterable<SessionConfig>
  find: (tenantId: string, sessionId: string) => SessionConfig | undefined
  watch: KvWatch
}

export async function watchSessions(
  bucket: KvBucket,
  on: { changed: (config: SessionConfig) => void; removed: (sessionId: string) => void },
): Promise<SessionDirectory> {
  const configs = new Map<string, SessionConfig>()
  const watch = await bucket.watch({
    key: '*.*.config',
    onEntry: ({ key, value }) => {
      const sessionId = key.split('.')[1]
      if (!value) {
        if (sessionId && configs.delete(sessionId)) on.removed(sessionId)
        return
      }
      const parsed = sessionConfig.safeParse(JSON.parse(Buffer.from(value).toString()))
      if (!parsed.success) return
      configs.set(parsed.data.sessionId, parsed.data)
      on.changed(parsed.data)
    },
  })
  return {
    all: () => configs.values(),
    find: (tenantId, sessionId) => {
      const config = configs.get(sessionId)
      return config?.tenantId === tenantId ? config : undefined
    },
    watch,
  }
}
