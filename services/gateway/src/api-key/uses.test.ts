import { DatabaseUnavailable } from '@wagate/runtime/errors.ts'
import { expect, test } from 'vitest'
import { createKeyUses } from './uses.ts'

test('the last use of each key is written once, and kept when it cannot be', async () => {
  const written: unknown[] = []
  let minute = 0
  let isDown = false
  const uses = createKeyUses({
    now: () => new Date(minute * 60_000),
    noteUses: async (noted) => {
      if (isDown) throw new DatabaseUnavailable()
      written.push(...noted.map(({ keyId, at }) => [keyId, at.getTime() / 60_000]))
    },
  })
  uses.note({ tenantId: 'ten_a', keyId: 'one' })
  minute = 1
  uses.note({ tenantId: 'ten_a', keyId: 'one' })
  uses.note({ tenantId: 'ten_b', keyId: 'two' })
  isDown = true
  await expect(uses.flush()).rejects.toThrow(DatabaseUnavailable)
  minute = 2
  uses.note({ tenantId: 'ten_b', keyId: 'two' })
  isDown = false
  await uses.flush()
  await uses.flush()
  expect(written).toEqual([
    ['one', 1],
    ['two', 2],
  ])
})
