// A session that goes through a proxy, with unmodified Baileys against the sandbox: real traffic, and none around it.
import { type ProxyServer, startProxy } from '@wagate/testing/proxy-server.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, expect, test } from 'vitest'
import { sessionOn, startSandbox } from '../fakes/linked-session.ts'
import type { Session } from './session.ts'

const sandbox = await startSandbox()
afterAll(() => sandbox[Symbol.asyncDispose]())

const credentials = { username: 'ada', password: 'never-to-be-seen' }
type Account = ReturnType<typeof sessionOn>

async function setUp(realm: string, url: string) {
  const own = await sandbox.createPhone(realm)
  const customer = await sandbox.createPhone(realm)
  const account = sessionOn(sandbox, realm)
  account.setProxy(url)
  const session = await account.link(own)
  return { own, customer, account, session }
}

const failing = (account: Account, reason: string): Promise<unknown> =>
  waitFor(() => account.state()?.proxyFailure?.reason === reason, { what: `the state to tell ${reason}` })

/** As often as the session tries, until it has tried so often more. */
async function tries(account: Account, count: number): Promise<void> {
  const before = account.lines.filter(({ code }) => code === 1_001).length
  await waitFor(() => account.lines.filter(({ code }) => code === 1_001).length >= before + count, {
    what: 'more attempts',
  })
}

async function sendAndReceive({ own, customer, account, session }: Awaited<ReturnType<typeof setUp>>, n: number) {
  await session.handle(account.send(n, customer.number))
  await sandbox.write(customer.id, own.number, `reply ${n}`)
  await waitFor(() => account.published('message.received').length === n, { what: 'the reply' })
  await waitFor(() => account.published('message.delivered').length === n, { what: 'the delivery' })
}

test.each(['http', 'socks5', 'socks5h'] as const)(
  '%s: links, sends and receives, all of it through the proxy',
  async (scheme) => {
    await using proxy = await startProxy({ credentials })
    const world = await setUp(`by-${scheme}`, proxy.url(scheme))
    await sendAndReceive(world, 1)
    expect(new Set(proxy.asked)).toEqual(new Set([new URL(sandbox.url).host]))
    expect(proxy.clients()).toBe(1)
    expect(proxy.bytes()).toBeGreaterThan(10_000)
    await world.session.drain()
    await waitFor(() => proxy.clients() === 0, { what: 'the connection to be closed' })
  },
)

test('a proxy that goes away is never gone around; what is sent meanwhile goes out, and in, when it is back', async () => {
  await using proxy = await startProxy()
  const world = await setUp('killed', proxy.url())
  const { account, session, own, customer } = world
  await sendAndReceive(world, 1)
  await proxy.stop()
  await failing(account, 'unreachable')
  expect(account.state()).toMatchObject({ status: 'connecting' })
  expect(session.proxyFailing).toBe(true)
  await session.handle(account.send(2, customer.number))
  await sandbox.write(customer.id, own.number, 'reply 2')
  await tries(account, 2)
  expect(session.connected).toBe(false)
  expect(account.published('message.received')).toHaveLength(1)

  await proxy.start()
  await account.connected(session)
  await waitFor(
    () => account.published('message.delivered').length === 2 && account.published('message.received').length === 2,
  )
  expect(account.state()?.proxyFailure).toBeUndefined()
  expect(account.published('session.closed')).toEqual([])
  const { data } = await waitFor(() => account.published('session.connected')[1])
  expect(data).toMatchObject({ proxyFailedSince: expect.any(String) })
  const told = account.lines.filter(({ event }) => String(event).startsWith('session.proxy_')).map(({ event }) => event)
  expect(told).toEqual(['session.proxy_failing', 'session.proxy_works'])
  await session.drain()
})

test.each([401, 403, 440])('a proxy that answers %i takes no credentials and closes no session', async (status) => {
  await using proxy = await startProxy()
  const { account, session } = await setUp(`answers-${status}`, proxy.url())
  await proxy.stop()
  proxy.answer(status)
  await proxy.start()
  await failing(account, 'rejected')
  proxy.answer(undefined)
  await account.connected(session)
  expect(account.published('session.closed')).toEqual([])
  expect(account.published('session.quarantined')).toEqual([])
  await session.drain()
})

test('wrong credentials are told, tried again, and good once they are changed; an unlinked session waits for them too', async () => {
  await using proxy = await startProxy({ credentials })
  const own = await sandbox.createPhone('wrong')
  const account = sessionOn(sandbox, 'wrong')
  account.setProxy(`http://ada:wrong@127.0.0.1:${proxy.port}`)
  const session = await account.start()
  await failing(account, 'credentials')
  await tries(account, 1)
  expect(account.state()).toMatchObject({ status: 'starting' })
  expect(account.newestQr()).toBeUndefined()
  expect(proxy.asked).toEqual([])

  session.configure(account.setProxy(proxy.url()))
  await sandbox.scan(own.id, await waitFor(() => account.newestQr(), { what: 'a QR string' }))
  await account.connected(session)
  await session.drain()
})

test('another proxy is one new connection, and loses and doubles nothing; the same one sealed again is none', async () => {
  await using first = await startProxy()
  await using second = await startProxy({ credentials })
  const world = await setUp('changed', first.url())
  const { account, session, customer } = world
  const connections = () => account.published('session.connected').length
  const before = connections()
  const count = 30
  for (let n = 1; n <= count; n++) {
    await session.handle(account.send(n, customer.number))
    if (n === count / 2) session.configure(account.setProxy(second.url('socks5h')))
  }
  // A receipt that was not acknowledged on the old connection comes again on the new one, and tells nothing new.
  const delivered = () => account.published('message.delivered').length
  await waitFor(() => delivered() === count, { what: 'all to be delivered' })
  const texts = (await sandbox.shownOn(customer.id)).map(({ text }) => text)
  expect(texts).toEqual(Array.from({ length: count }, (_, n) => `text ${n + 1}`))
  expect(await sandbox.stats('changed')).toMatchObject({ duplicates_received: 0, undecryptable: 0 })
  expect(connections()).toBe(before + 1)
  expect([first.clients(), second.clients()]).toEqual([0, 1])

  session.configure(account.setProxy(second.url('socks5h')))
  await session.handle(account.send(count + 1, customer.number))
  await waitFor(() => delivered() === count + 1, { what: 'one more' })
  expect(connections()).toBe(before + 1)

  session.configure(account.setProxy(undefined))
  await waitFor(() => connections() === before + 2, { what: 'a connection without a proxy' })
  expect(second.clients()).toBe(0)
  await session.drain()
})

test('the next owner goes through the proxy as well', async () => {
  await using proxy = await startProxy()
  const world = await setUp('takeover', proxy.url('socks5'))
  await sendAndReceive(world, 1)
  world.session.release() // as a crash would leave it
  const asked = proxy.asked.length
  const session: Session = await world.account.start()
  await world.account.connected(session)
  expect(proxy.asked).toHaveLength(asked + 1)
  await sendAndReceive({ ...world, session }, 2)
  await session.drain()
})

test.each([
  ['address_not_allowed', (): string => 'http://10.0.0.1:3128'],
  ['address_not_allowed', (): string => 'socks5://[::1]:1080'],
  ['name_unknown', (): string => 'http://nobody.invalid:3128'],
  ['timeout', (proxy: ProxyServer): string => proxy.url()],
] as const)('a session whose proxy leads nowhere (%s) does not connect', async (reason, url) => {
  await using proxy = await startProxy()
  proxy.stall(true)
  const account = sessionOn(sandbox, 'nowhere')
  account.setProxy(url(proxy))
  const session = await account.start()
  await failing(account, reason)
  expect(account.newestQr()).toBeUndefined()
  expect(proxy.asked).toEqual([])
  session.release()
})

test('a proxy whose address no master key opens leads nowhere', async () => {
  const account = sessionOn(sandbox, 'unreadable')
  const { proxy, ...config } = account.setProxy('http://127.0.0.1:3128')
  const session = await account.start()
  if (proxy) session.configure({ ...config, proxy: { ...proxy, sealed: { ...proxy.sealed, kekId: 'lost' } } })
  await failing(account, 'unreadable')
  expect(account.newestQr()).toBeUndefined()
  session.release()
})

test('the credentials are in no state, event, log line or record', async () => {
  await using proxy = await startProxy({ credentials })
  const { account, session } = await setUp('secret', proxy.url())
  await proxy.stop()
  await failing(account, 'unreachable')
  const { states, lines, subject } = account
  const told = JSON.stringify({ states, lines, events: account.published('session.disconnected') })
  const stored = Buffer.concat(subject.messages.map(({ data }) => data)).toString('latin1')
  for (const secret of [credentials.password, encodeURIComponent(credentials.password), proxy.url(), '127.0.0.1'])
    expect(told + stored).not.toContain(secret)
  expect(JSON.stringify(account.config())).not.toContain(credentials.password)
  session.release()
})
