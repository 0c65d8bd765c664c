// The runbook master-key.md, step by step, on a stack that runs: afterwards nothing needs the old key.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { at } from '@wagate/dev/paths.ts'
import { type Secrets, writePrivately } from '@wagate/dev/stack/secrets.ts'
import { connected, createLinkedSession } from '@wagate/testing/linked-session.ts'
import { startProxy } from '@wagate/testing/proxy-server.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { createTenant } from '@wagate/testing/tenant.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { startWebhookReceiver } from '@wagate/testing/webhook-receiver.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack
tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack?.[Symbol.asyncDispose]())

const dir = (): string => dirname(stack.logs)

type Keys = Pick<Secrets, 'masterKey' | 'masterKeyId' | 'masterKeysOld'>

/** As an operator does it: the environment of the services changes, and they are started again. */
async function configure(keys: Partial<Keys>, { restart }: { restart: boolean }): Promise<void> {
  const file = join(dir(), 'secrets.json')
  const known: Secrets = JSON.parse(readFileSync(file, 'utf8'))
  writePrivately(file, JSON.stringify({ ...known, ...keys }))
  if (restart) await stack.start()
}

/** `make rotate-keys`: a line of JSON for each kind of what is sealed. */
async function rotateKeys(): Promise<unknown[]> {
  const env = { ...process.env, WAGATE_DATA_DIR: dir() }
  const run = promisify(execFile)
  const { stdout } = await run(process.execPath, [at('infra/dev/src/main.ts'), 'rotate-keys'], { cwd: at('.'), env })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

test('the master key is rotated while the stack runs; sessions, their proxies and webhooks go on without the old one', async () => {
  const { client } = await createTenant(stack)
  await using receiver = await startWebhookReceiver()
  await using proxy = await startProxy({ credentials: { username: 'ada', password: 'kept' } })
  const endpoint = await client.createWebhook({ url: receiver.url })
  receiver.trust(endpoint.secret)
  const { sessionId } = await createLinkedSession(client)
  await client.updateSession(sessionId, { proxy: proxy.url() })
  const customer = await client.createPhone()
  const sendAndTell = async (body: string): Promise<void> => {
    const { id } = await client.sendMessage(sessionId, { to: customer.number, type: 'text', text: { body } })
    const sent = () =>
      receiver.received.some(({ event, body: told }) => event.type === 'message.sent' && told.includes(id))
    await waitFor(sent, { what: `the webhook to tell that ${body} was sent`, deadlineMs: 60_000 })
  }
  await sendAndTell('before')

  const { masterKey, masterKeyId } = stack.wiring.secrets
  const next = { masterKey: randomBytes(32).toString('base64'), masterKeyId: 'mk_next' }
  await configure({ masterKeysOld: `${next.masterKeyId}:${next.masterKey}` }, { restart: true })
  await connected(client, sessionId)
  await configure({ ...next, masterKeysOld: `${masterKeyId}:${masterKey}` }, { restart: false })
  const sealed = { masterKeyId: 'mk_next', failed: 0 }
  expect(await rotateKeys()).toMatchObject([
    { ...sealed, sealed: 'session keys', rewrapped: 1, current: 0 },
    { ...sealed, sealed: 'webhook secrets', rewrapped: 1, current: 0 },
    { ...sealed, sealed: 'session proxies', rewrapped: 1, current: 0 },
  ])
  expect(await rotateKeys()).toMatchObject([
    { ...sealed, rewrapped: 0, current: 1 },
    { ...sealed, rewrapped: 0, current: 1 },
    { ...sealed, rewrapped: 0, current: 1 },
  ])
  await sendAndTell('by services that seal with the old key and open both')

  await configure({ masterKeysOld: '' }, { restart: true })
  await connected(client, sessionId)
  await sendAndTell('with the new key alone')
  expect(proxy.clients()).toBe(1)
  expect(receiver.refused).toEqual([])
  const events = new Set(receiver.received.map(({ event }) => event.type))
  expect(events.has('session.closed')).toBe(false)
  const texts = (await client.listPhoneMessages(customer.id)).data.map(({ text }) => text)
  expect(texts).toHaveLength(3)
})
