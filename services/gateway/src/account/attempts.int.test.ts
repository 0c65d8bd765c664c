import { openPostgres } from '@wagate/runtime/postgres.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { afterAll, expect, test } from 'vitest'
import { createAttempts } from './attempts.ts'

const database = await cloneDatabase()
const sql = openPostgres({ url: database.urlFor('wagate_api'), applicationName: 'test', max: 2 })
afterAll(async () => {
  await sql.end()
  await database[Symbol.asyncDispose]()
})

test('a machine that has a whole network of IPv6 has one address’s attempts', async () => {
  const onBlocked = () => {}
  const attempts = createAttempts({ sql, secret: 'a secret of the tests', now: () => new Date(), onBlocked })
  const from = (address: string, account: string) =>
    attempts.take('mail', account, address).then(
      () => 'allowed',
      () => 'refused',
    )
  const outcomes = []
  for (let n = 0; n < 31; n++) outcomes.push(await from(`2001:db8:0:1::${n.toString(16)}`, `account ${n}`))
  expect(outcomes).toEqual([...Array(30).fill('allowed'), 'refused'])
  expect(await from('2001:db8:0:2::1', 'another')).toBe('allowed')
})
