import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from './sandbox.ts'
import { muteConsole } from './signal/mute.ts'
import { createClient, until } from './testing/client.ts'
import { controlToken, receivedTexts, sendText } from './testing/world.ts'

let folder: string
let sandbox: Sandbox
beforeEach(async () => {
  muteConsole()
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'))
})
afterEach(async () => {
  await sandbox.close()
  await rm(folder, { recursive: true })
})

const start = (port: number, stateFile?: string) => createSandbox({ host: '127.0.0.1', port, controlToken, stateFile })

test('with a state file phones, links, sessions and waiting messages outlive an orderly stop', async () => {
  const stateFile = join(folder, 'state')
  sandbox = await start(0, stateFile)
  const port = Number(new URL(sandbox.url).port)
  const alice = sandbox.phones.create({ realm: 'restart', name: 'Alice' })
  const bob = sandbox.phones.create({ realm: 'restart' })
  const client = createClient(sandbox.wsUrl)
  await sandbox.phones.scan(alice.id, await client.qr())
  await client.open()
  await sendText(client, bob.lid, 'before')
  await until(() => sandbox.phones.messages(bob.id).items.length === 1, 'the message at Bob')
  sandbox.phones.send(bob.id, { to: alice.number, text: 'answered before' })
  await until(() => receivedTexts(client).includes('answered before'), 'the answer')
  client.end()
  await client.closed()
  sandbox.phones.send(bob.id, { to: alice.number, text: 'sent before, fetched after' })
  sandbox.phones.setOnline(bob.id, false)
  sandbox.phones.send(bob.id, { to: alice.number, text: 'written before, sent after' })
  const shown = sandbox.phones.messages(bob.id)
  await until(() => shown.items.length === 4, 'all of it')
  await sandbox.close()
  expect((await stat(stateFile)).mode & 0o777).toBe(0o600)

  sandbox = await start(port, stateFile)
  expect(existsSync(stateFile)).toBe(false)
  expect(sandbox.phones.get(alice.id)).toMatchObject({ ...alice, linked_devices: [{ device: 1, connected: false }] })
  expect(sandbox.phones.messages(bob.id).items.map(({ id, seq }) => [id, seq])).toEqual(
    shown.items.map(({ id, seq }) => [id, seq]),
  )
  client.connect()
  await until(() => receivedTexts(client).includes('sent before, fetched after'), 'the waiting message')
  sandbox.phones.setOnline(bob.id, true)
  await until(() => receivedTexts(client).includes('written before, sent after'), 'the message from the outbox')
  await sendText(client, bob.lid, 'after')
  await until(() => sandbox.phones.messages(bob.id).items.at(-1)?.text === 'after', 'the message at Bob')
  expect(sandbox.stats()).toMatchObject({ undecryptable: 0, retry_receipts: 0, counter_gaps: 0, logins_refused: 0 })
  client.end()
})

test('without a state file a client of the former sandbox is told that it is unlinked', async () => {
  sandbox = await start(0)
  const port = Number(new URL(sandbox.url).port)
  const phone = sandbox.phones.create({ realm: 'forgetful' })
  const client = createClient(sandbox.wsUrl)
  await sandbox.phones.scan(phone.id, await client.qr())
  await client.open()
  await sandbox.close()
  expect(await client.closed()).toBe(428)
  sandbox = await start(port)
  client.connect()
  await until(() => client.disconnects.length === 2, 'the refused login')
  expect(client.disconnects).toEqual([428, 401])
})
