// Against the sandbox itself, as a process: its control API is a contract between two services.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSandboxControl, type SandboxControl } from './control.ts'

const token = 'token-of-the-tests'
const stack = new AsyncDisposableStack()
let sandbox: SandboxControl
let baseUrl: string

beforeAll(async () => {
  const port = await freePort()
  baseUrl = `http://127.0.0.1:${port}`
  const env = {
    PATH: process.env.PATH,
    SANDBOX_HOST: '127.0.0.1',
    SANDBOX_PORT: String(port),
    SANDBOX_CONTROL_TOKEN: token,
  }
  const main = join(import.meta.dirname, '../../../sandbox/src/main.ts')
  const child = spawn(process.execPath, [main], { env, stdio: 'ignore' })
  const exited = once(child, 'exit')
  stack.defer(async () => {
    child.kill('SIGTERM')
    await exited
  })
  await waitFor(async () => (await fetch(`${baseUrl}/readyz`)).ok, { deadlineMs: 30_000, what: 'the sandbox' })
  sandbox = createSandboxControl({ baseUrl, token, fetch, timeoutMs: 5_000 })
})
afterAll(() => stack.disposeAsync())

const refused = (code: string) => expect.objectContaining({ code })

test('a phone is made, listed, switched off and deleted', async () => {
  const phone = await sandbox.create('ten_a', { name: 'Ada', number: '+999100200300', auto_read: true })
  expect(phone).toMatchObject({
    number: '+999100200300',
    name: 'Ada',
    online: true,
    auto_read: true,
    linked_devices: [],
  })
  expect(await sandbox.list('ten_a')).toEqual([phone])
  await expect(sandbox.create('ten_a', { number: '+999100200300' })).rejects.toEqual(refused('phone-number-taken'))
  expect(await sandbox.setOnline('ten_a', phone.id, false)).toMatchObject({ online: false })
  await sandbox.delete('ten_a', phone.id)
  await expect(sandbox.get('ten_a', phone.id)).rejects.toEqual(refused('phone-not-found'))
})

test('two phones of a tenant write to each other; nobody else reaches them', async () => {
  const [ada, ben] = [await sandbox.create('ten_b', {}), await sandbox.create('ten_b', {})]
  const stranger = await sandbox.create('ten_c', {})
  const { id } = await sandbox.send('ten_b', ada.id, { to: ben.number, text: 'hi' })
  const shown = await waitFor(async () => (await sandbox.messages('ten_b', ben.id, { after: '0', limit: 10 }))[0])
  expect(shown).toMatchObject({ id, from_me: false, text: 'hi' })
  expect(await sandbox.read('ten_b', ben.id, undefined)).toEqual({ read: 1 })
  expect(await sandbox.undecryptable('ten_b', ben.id)).toEqual([])
  const message = { to: stranger.number, text: 'hi' }
  await expect(sandbox.send('ten_b', ada.id, message)).rejects.toEqual(refused('recipient-unknown'))
  for (const call of [
    () => sandbox.get('ten_c', ada.id),
    () => sandbox.send('ten_c', ada.id, message),
    () => sandbox.messages('ten_c', ada.id, { after: '0', limit: 10 }),
    () => sandbox.read('ten_c', ada.id, undefined),
    () => sandbox.setOnline('ten_c', ada.id, false),
    () => sandbox.scan('ten_c', ada.id, 'any'),
    () => sandbox.delete('ten_c', ada.id),
    () => sandbox.get('ten_b', '../stats'),
  ])
    await expect(call()).rejects.toEqual(refused('phone-not-found'))
  expect(await sandbox.list('ten_c')).toEqual([stranger])
})

test('what is no QR string is refused with what to do', async () => {
  const phone = await sandbox.create('ten_d', {})
  await expect(sandbox.scan('ten_d', phone.id, 'garbage')).rejects.toEqual(refused('qr-refused'))
})

test('a sandbox that is away, or does not know us, is unavailable', async () => {
  const away = createSandboxControl({ baseUrl: 'http://127.0.0.1:9', token, fetch, timeoutMs: 1_000 })
  await expect(away.list('ten_a')).rejects.toEqual(refused('sandbox-unavailable'))
  const unknown = createSandboxControl({ baseUrl, token: 'another-token', fetch, timeoutMs: 1_000 })
  await expect(unknown.list('ten_a')).rejects.toEqual(refused('sandbox-unavailable'))
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
