/** A sandbox of its own for a test file, with the few steps that most tests begin with. */
import type { PhoneView } from '../phone/phones.ts'
import { createSandbox, type Sandbox } from '../sandbox.ts'
import { muteConsole } from '../signal/mute.ts'
import { type ClientOptions, createClient, type TestClient, until } from './client.ts'

export type Linked = { phone: PhoneView; client: TestClient }

export type World = AsyncDisposable & {
  sandbox: Sandbox
  /** Bugs that the sandbox noticed in itself. */
  errors: unknown[]
  client(options?: ClientOptions): TestClient
  /** A new phone with a linked client that is open and done with its first synchronization. */
  linked(realm: string, name?: string): Promise<Linked>
  /** Links one more client to a phone. */
  link(phone: PhoneView): Promise<TestClient>
  /** Texts that a phone shows, own ones with a leading `>`. */
  texts(phone: PhoneView): string[]
  shows(phone: PhoneView, text: string): Promise<void>
}

export const controlToken = 'a-token-for-tests'

export async function createWorld(): Promise<World> {
  muteConsole()
  const errors: unknown[] = []
  const sandbox = await createSandbox(
    { host: '127.0.0.1', port: 0, controlToken },
    { onError: (error) => errors.push(error) },
  )
  const clients: TestClient[] = []
  const world: World = {
    sandbox,
    errors,
    client(options) {
      const client = createClient(sandbox.wsUrl, options)
      clients.push(client)
      return client
    },
    async linked(realm, name) {
      const phone = sandbox.phones.create({ realm, name })
      return { phone, client: await world.link(phone) }
    },
    async link(phone) {
      const client = world.client()
      await sandbox.phones.scan(phone.id, await client.qr())
      await client.open()
      await until(() => client.auth.creds.accountSyncCounter > 0, 'the first synchronization')
      return client
    },
    texts: (phone) => sandbox.phones.messages(phone.id).items.map(({ from_me, text }) => (from_me ? `>${text}` : text)),
    shows: (phone, text) => until(() => world.texts(phone).includes(text), `the phone to show ${text}`),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.end()
      await sandbox.close()
    },
  }
  return world
}

/** The address of a phone as a client writes it. */
export function pnOf(phone: PhoneView): string {
  return `${phone.number.slice(1)}@s.whatsapp.net`
}

/** Texts that a client got from others. */
export function receivedTexts(client: TestClient): string[] {
  return client.received
    .filter(({ key, message }) => !key.fromMe && message)
    .map(({ message }) => message?.conversation ?? message?.extendedTextMessage?.text ?? '')
}

/** Sends a text and returns the message id. */
export async function sendText(client: TestClient, to: string, text: string, messageId?: string): Promise<string> {
  const sent = await client.socket().sendMessage(to, { text }, messageId === undefined ? {} : { messageId })
  return sent?.key.id ?? ''
}
