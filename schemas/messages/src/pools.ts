// Which partitions belong to which pool. A shared pool has as many as the installation was provisioned for; a dedicated one has four.
import { dedicatedPartitionOf, sharedPartitionOf, sharedPartitions } from './subjects.ts'

export const sharedPool = 'shared'
export const dedicatedPartitionCount = 4

/** As a part of a partition's name: short, and without the separator. */
export const poolPattern = /^[a-z0-9]{1,32}$/

export const dedicatedPartitions = (pool: string): string[] =>
  Array.from({ length: dedicatedPartitionCount }, (_, n) => `d_${pool}_${n}`)

/** Every partition of a pool. */
export const partitionsOfPool = (pool: string, shared: number): string[] =>
  pool === sharedPool ? sharedPartitions(shared) : dedicatedPartitions(pool)

/** The partition of a session in a pool. */
export const partitionIn = (pool: string, sessionId: string, shared: number): string =>
  pool === sharedPool
    ? sharedPartitionOf(sessionId, shared)
    : dedicatedPartitionOf(pool, sessionId, dedicatedPartitionCount)

/** The pool that a partition belongs to. */
export function poolOf(partition: string): string {
  const [kind, pool] = partition.split('_')
  return kind === 'd' && pool ? pool : sharedPool
}
