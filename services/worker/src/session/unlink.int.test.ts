// Deleting a session unlinks it at WhatsApp, whether it is connected or not; against the sandbox.
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, expect, test } from 'vitest'
import { sessionOn, startSandbox } from '../fakes/linked-session.ts'

const sandbox = await startSandbox()
afterAll(() => sandbox[Symbol.asyncDispose]())

let realms = 0
async function setUp() {
  realms += 1
  const realm = `unlink${realms}`
  const own = await sandbox.createPhone(realm)
  const account = sessionOn(sandbox, realm)
  return { realm, account, session: await account.link(own) }
}

test('a session that is deleted while no owner has a socket connects once more and logs out', async () => {
  const { realm, account, session } = await setUp()
  session.release()
  const next = await account.start('deleted')
  await next.delete()
  expect(await sandbox.stats(realm)).toMatchObject({ unlinks: 1 })
  expect(account.published('session.deleted')).toHaveLength(1)
})

test('a session that waits to connect again connects at once when it is deleted', async () => {
  const { realm, session } = await setUp()
  await sandbox.fault({ realm, fail: 503 })
  await waitFor(() => !session.connected, { what: 'the session to be offline' })
  await session.delete()
  expect(await sandbox.stats(realm)).toMatchObject({ unlinks: 1 })
})

test('an owner that is dropped while it connects to log out does not forget the session; the next one logs out', async () => {
  const { realm, account, session } = await setUp()
  session.release()
  const dropped = await account.start('deleted')
  const deletion = dropped.delete()
  dropped.release()
  await expect(deletion).rejects.toThrow('moved')
  expect(account.published('session.deleted')).toEqual([])
  const next = await account.start('deleted')
  await next.delete()
  expect(await sandbox.stats(realm)).toMatchObject({ unlinks: 1 })
})
