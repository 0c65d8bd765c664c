import { migrate } from '@wagate/dev/database.ts'
import { cloneDatabase, emptyDatabase } from '@wagate/testing/postgres.ts'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { dumpSchema } from './dump.ts'

test('an empty database migrates to the checked-in schema, and migrating again changes nothing', async () => {
  await using db = await emptyDatabase()
  const sql = postgres(db.url, { max: 1, onnotice: () => {} })
  await migrate(db.urlFor('wagate_owner'))
  const once = await dumpSchema(sql)
  await migrate(db.urlFor('wagate_owner'))
  expect(await dumpSchema(sql)).toBe(once)
  await expect(once).toMatchFileSnapshot('../schema.sql')
  await sql.end()
})

test('a month gets one partition, however often and by whomever it is asked for', async () => {
  await using db = await cloneDatabase()
  const sql = postgres(db.urlFor('wagate_projector'), { max: 4 })
  const made = await Promise.all(
    ['2031-02-01T00:00:00Z', '2031-02-28T23:59:59.999Z', '2031-02-11T00:00:00Z', '2031-03-01T00:00:00Z'].map(
      (month) => sql`select ensure_message_partition(${month}) as created`,
    ),
  )
  expect(made.flat().filter((row) => row.created)).toHaveLength(2)
  const api = postgres(db.urlFor('wagate_api'), { max: 1 })
  await expect(api`select ensure_message_partition(now())`).rejects.toThrow('permission denied')
  await Promise.all([sql.end(), api.end()])
})
