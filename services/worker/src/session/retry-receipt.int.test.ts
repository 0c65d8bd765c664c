// A recipient that could not read a message asks for it again, and by then its sender is another owner, who knows the message
// from a snapshot only: its records were purged.
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { muteConsole } from '../engine/mute-console.ts'
import { sessionOn, startSandbox } from '../fakes/linked-session.ts'
import type { Memory } from '../log/memory.ts'
import { readAhead } from '../log/takeover.ts'

test('a retry receipt is answered by an owner that knows the message from a snapshot, after its records were purged', async () => {
  muteConsole()
  await using sandbox = await startSandbox()
  const own = await sandbox.createPhone('retry')
  const customer = await sandbox.createPhone('retry')
  const account = sessionOn(sandbox, 'retry')
  const first = await account.link(own)
  await first.drain()
  const ahead = await readAhead(account.takeover())
  const second = await account.start('running', ahead)
  await account.connected(second)
  const sendAndDeliver = async (n: number): Promise<void> => {
    await second.handle(account.send(n, customer.number))
    await waitFor(() => account.published('message.delivered').length === n)
  }

  // The ratchet of before the second message makes the third: its key was used, so the phone cannot read it.
  await sendAndDeliver(1)
  const rollBack = ratchetsOf(ahead?.memory)
  await sendAndDeliver(2)
  rollBack()
  await sandbox.setOnline(customer.id, false)
  await second.handle(account.send(3, customer.number))
  await waitFor(() => account.published('message.sent').length === 3)
  const lastOfMessage = account.subject.messages.at(-1)?.seq ?? 0
  await second.snapshots.take()
  await second.snapshots.take()
  expect(account.subject.messages[0]?.seq).toBeGreaterThan(lastOfMessage)
  await second.drain()

  const third = await account.start()
  await account.connected(third)
  await sandbox.setOnline(customer.id, true)
  const texts = async () => (await sandbox.shownOn(customer.id)).map(({ text }) => text)
  await waitFor(async () => (await texts()).includes('text 3'), { what: 'the message to be shown after all' })
  expect(await texts()).toEqual(['text 1', 'text 2', 'text 3'])
  expect(await sandbox.stats('retry')).toMatchObject({ undecryptable: 1, retry_receipts: 1, duplicates_received: 0 })
  await third.drain()
})

/** Puts the Signal sessions with other people back as they are now. */
function ratchetsOf(memory: Memory | undefined): () => void {
  const own = `${memory?.account.lid?.split('@')[0]}_`
  const others = Object.entries(memory?.keys.entries().session ?? {}).filter(([id]) => !id.startsWith(own))
  const session = Object.fromEntries(others.map(([id, value]) => [id, value && Buffer.from(value)]))
  return () => memory?.keys.apply({ session })
}
