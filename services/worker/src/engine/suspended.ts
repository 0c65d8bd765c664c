// Which tenants are suspended, held in memory through a watch on the bucket `tenants`: their sessions send nothing. Of all others
// nothing is kept.
import { tenantRecord } from '@wagate/messages/control.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import type { KvBucket, KvWatch } from '@wagate/runtime/broker.ts'

export type Suspended = { has: (tenantId: string) => boolean; watch: KvWatch }

export type SuspendedChanged = {
  /** It may send again. */
  activated: (tenantId: string) => void
  /** A record that cannot be read, or lies under another tenant's key: what was known of the tenant stays. */
  refused: (key: string, reason: string) => void
}

export async function watchSuspended(bucket: Pick<KvBucket, 'watch'>, on: SuspendedChanged): Promise<Suspended> {
  const suspended = new Set<string>()

  const statusOf = (key: string, value: Uint8Array) =>
    parseJson(value, tenantRecord, ({ tenantId, status }) =>
      tenantId === key
        ? { ok: true as const, status }
        : { ok: false as const, reason: 'the key and the record disagree' },
    )

  const watch = await bucket.watch({
    onEntry: ({ key, value }) => {
      // One that is erased stays as it was until its sessions are deleted: what waited must not go meanwhile.
      if (!value) return
      const known = statusOf(key, value)
      if (!known.ok) on.refused(key, known.reason)
      else if (known.status === 'suspended') suspended.add(key)
      else if (suspended.delete(key)) on.activated(key)
    },
  })
  return { has: (tenantId) => suspended.has(tenantId), watch }
}
