import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SandboxServer, sessionOn, startSandbox } from '../fakes/linked-session.ts'

let sandbox: SandboxServer
beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox[Symbol.asyncDispose]())

async function linked(tenantId: string) {
  const account = sessionOn(sandbox, tenantId)
  const session = await account.link(await sandbox.createPhone(tenantId))
  /** What each login told of the time before it, oldest first. */
  const gaps = () =>
    account
      .published('session.connected')
      .flatMap(({ type, data }) => (type === 'session.connected' ? [data.takeover] : []))
  return { account, session, gaps }
}

test('a login after an owner that let go in order tells when that was, and a first login nothing', async () => {
  const { account, session, gaps } = await linked('ten_handed')
  const [before, , after] = [new Date().toISOString(), await session.drain(), new Date().toISOString()]
  const next = await account.start('running', undefined, '2026-01-01T00:00:00.000Z') // the log knows better
  await account.connected(next)
  const since = await waitFor(() => gaps().at(-1)?.since)
  expect(gaps().at(-1)?.cause).toBe('handed_over')
  expect(since >= before && since <= after).toBe(true)
  expect(
    gaps()
      .slice(0, -1)
      .every((gap) => gap === undefined),
  ).toBe(true)
  next.release()
})

test('a login after an owner that was lost tells when the session was last known to be hosted, whoever died in between', async () => {
  const { account, session, gaps } = await linked('ten_lost')
  session.release()
  const since = new Date().toISOString()
  const between = await account.start('running', undefined, since)
  between.release()
  const next = await account.start('running', undefined, new Date().toISOString())
  await account.connected(next)
  await waitFor(() => gaps().at(-1))
  expect(gaps().at(-1)).toEqual({ since, cause: 'lost' })
  next.release()
})
