// The snapshots of one session in the object store: `sessions/<tenant>/<session>/<epoch>-<seq>-<hash>`.
import type { ObjectStore } from '@wagate/runtime/object-store.ts'
import { ObjectStoreFailed } from '../log/snapshot-schedule.ts'
import type { SnapshotObjects } from '../log/starting-points.ts'

/** A store that does not answer must not hold up a takeover, nor a snapshot its place. */
const withinMs = { put: 20_000, get: 10_000, other: 10_000 }

export function snapshotObjects(objects: ObjectStore, tenantId: string, sessionId: string): SnapshotObjects {
  const prefix = `sessions/${tenantId}/${sessionId}/`
  return {
    put: (name, bytes) => asked(withinMs.put, (signal) => objects.put(prefix + name, bytes, { signal })),
    get: (name) => asked(withinMs.get, (signal) => objects.getBytes(prefix + name, { signal })),
    delete: (name) => asked(withinMs.other, (signal) => objects.delete(prefix + name, { signal })),
    names: () =>
      asked(withinMs.other, async (signal) => {
        const keys = await Array.fromAsync(objects.list(prefix, { signal }))
        return keys.map((key) => key.slice(prefix.length))
      }),
  }
}

async function asked<Answer>(ms: number, ask: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
  try {
    return await ask(AbortSignal.timeout(ms))
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown'
    throw new ObjectStoreFailed(`the object store failed: ${reason}`, { cause: error })
  }
}
