// Which people were erased, outside of the database: whoever restores a backup of that finds here who has to go again. The id alone tells
// nobody who it was.
import type { ObjectStore } from '@wagate/runtime/object-store.ts'
import { DomainError } from '../http/problem.ts'

export type ErasureRegister = ReturnType<typeof createErasureRegister>
export type ErasureRegisterDeps = { objects: Pick<ObjectStore, 'put' | 'delete'>; now: () => Date }

const deadlineMs = 5_000
const keyOf = (personId: string): string => `erasures/${personId}.json`

/** Each function throws `storage-unavailable`. */
export const createErasureRegister = ({ objects, now }: ErasureRegisterDeps) => ({
  add: (personId: string): Promise<void> => {
    const entry = Buffer.from(JSON.stringify({ v: 1, kind: 'person', personId, at: now().toISOString() }))
    const options = { contentType: 'application/json', signal: AbortSignal.timeout(deadlineMs) }
    return orRefused(objects.put(keyOf(personId), entry, options))
  },

  /** The erasure did not happen. */
  remove: (personId: string): Promise<void> =>
    orRefused(objects.delete(keyOf(personId), { signal: AbortSignal.timeout(deadlineMs) })),
})

const orRefused = (run: Promise<void>): Promise<void> =>
  run.catch((cause: unknown) => {
    throw new DomainError(
      'storage-unavailable',
      'The object store does not answer, and without it a backup could bring back what is deleted: try again in a minute.',
      { cause, retryAfterSeconds: 30 },
    )
  })
