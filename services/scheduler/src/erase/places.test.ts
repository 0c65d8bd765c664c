import { buckets, streams } from '@wagate/messages/streams.ts'
import { expect, test } from 'vitest'
import { bucketsById, erasedBuckets, erasedStreams, keptBuckets } from './places.ts'

test('what the erasure of a tenant does is decided for every bucket and stream', () => {
  const decided = [...Object.keys(erasedBuckets), ...bucketsById, ...Object.keys(keptBuckets)]
  expect(decided.toSorted()).toEqual(buckets.map(({ name }) => name).toSorted())
  expect(Object.keys(erasedStreams).toSorted()).toEqual(streams.map(({ name }) => name).toSorted())
})
