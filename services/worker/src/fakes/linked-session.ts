// A session on the sandbox whose log is a subject in memory, so that a test can stop its writing at any record, drop the
// owner there as a crash would, and start the next one on what was stored.
import { randomBytes } from 'node:crypto'
import type { Command } from '@wagate/messages/commands.ts'
import type { PairingRecord, SessionConfig, SessionState } from '@wagate/messages/control.ts'
import type { ChatState } from '@wagate/messages/envelope.ts'
import type { Notice } from '@wagate/messages/notices.ts'
import { formatProxyUrl, parseProxyUrl, proxyPlace, type SessionProxy } from '@wagate/messages/proxy.ts'
import { isWithin, parseNetworks } from '@wagate/runtime/address.ts'
import { parseMasterKey, sealText } from '@wagate/runtime/seal.ts'
import { startStack } from '@wagate/testing/stack.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { z } from 'zod'
import { muteConsole } from '../engine/mute-console.ts'
import type { LoggedEvent } from '../log/memory.ts'
import type { Replay } from '../log/replay.ts'
import { zstandard } from '../log/snapshot-codec.ts'
import { routeOf } from '../proxy/route.ts'
import { openSessionSocket } from '../session/open.ts'
import { Session } from '../session/session.ts'
import { mendLibraries } from '../signal/mend.ts'
import { MemoryObjects } from './memory-objects.ts'
import { MemorySubject } from './memory-subject.ts'
import { silentObserver } from './silent-observer.ts'

const phone = z.object({ id: z.string(), number: z.string() })
const shown = z.object({
  items: z.array(z.object({ id: z.string(), from_me: z.boolean(), text: z.string(), status: z.string().optional() })),
})
const stats = z.object({
  messages_received: z.number(),
  duplicates_received: z.number(),
  receipts: z.number(),
  retry_receipts: z.number(),
  logins_refused: z.number(),
  undecryptable: z.number(),
  unlinks: z.number(),
})
export type Phone = z.infer<typeof phone>

/** From here on the process is as an engine's: the console is mute, since libsignal prints keys to it, and libraries are mended. */
export async function startSandbox() {
  muteConsole()
  mendLibraries()
  const stack = await startStack({ only: ['sandbox'] })
  const base = stack.url('sandbox')
  const token = stack.environmentOf('sandbox').SANDBOX_CONTROL_TOKEN
  async function call<Answer>(
    schema: z.ZodType<Answer>,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer> {
    const response = await fetch(`${base}/control${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}`)
    return schema.parse(response.status === 204 ? undefined : await response.json())
  }
  return {
    url: `${base.replace('http', 'ws')}/ws/chat`,
    createPhone: (realm: string) => call(phone, 'POST', '/phones', { realm }),
    scan: (id: string, qr: string) => call(z.unknown(), 'POST', `/phones/${id}/scan`, { qr }),
    enterCode: (id: string, code: string) => call(z.unknown(), 'POST', `/phones/${id}/enter-code`, { code }),
    setOnline: (id: string, online: boolean) =>
      call(z.unknown(), 'POST', `/phones/${id}/${online ? 'online' : 'offline'}`),
    write: (id: string, to: string, text: string) =>
      call(z.object({ id: z.string() }), 'POST', `/phones/${id}/messages`, { to, text }),
    call: (id: string, to: string) => call(z.object({ id: z.string() }), 'POST', `/phones/${id}/calls`, { to }),
    shownOn: async (id: string) => (await call(shown, 'GET', `/phones/${id}/messages`)).items,
    typingTo: async (id: string) =>
      (await call(z.object({ typing: z.array(z.string()) }), 'GET', `/phones/${id}`)).typing,
    type: (id: string, to: string, state: ChatState) =>
      call(z.undefined(), 'POST', `/phones/${id}/typing`, { to, state }),
    stats: (realm: string) => call(stats, 'GET', `/stats?realm=${realm}`),
    fault: (body: unknown) => call(z.unknown(), 'POST', '/faults', body),
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  }
}
export type SandboxServer = Awaited<ReturnType<typeof startSandbox>>

const master = parseMasterKey(randomBytes(32).toString('base64'), 'test')
const loopback = parseNetworks('127.0.0.0/8')
const proxies = { master, isAllowed: (address: string) => isWithin(address, loopback), timeoutMs: 2_000 }

const openVersionGate = { heldUntilMs: () => undefined, refused: () => Date.now() + 60_000, accepted: () => {} }

/** One account's log, its owners one after another, and everything they published. */
export function sessionOn(sandbox: SandboxServer, tenantId: string) {
  const subject = new MemorySubject()
  const objects = new MemoryObjects()
  const key = randomBytes(32)
  const sessionId = 'ses_01ARZ3NDEKTSV4RRFFQ69G5FAV'
  const published = new Map<string, LoggedEvent>()
  const qrs: string[] = []
  const states: SessionState[] = []
  const notices: Notice[] = []
  const lines: Record<string, unknown>[] = []
  let proxy: SessionProxy | undefined
  let suspended = false
  let shownNow: PairingRecord | undefined

  const takeover = () => ({
    cipher: { tenantId, sessionId, key },
    owner: 'test',
    now: () => new Date(),
    newTerm: () => randomBytes(6).toString('hex'),
    defer: setImmediate,
    broker: subject.broker(),
    turn: () => new Promise<void>((resolve) => setImmediate(resolve)),
    compression: zstandard,
    snapshots: objects,
    purge: (beforeSeq: number) => subject.purge(beforeSeq),
    report: () => {},
    relayed: () => 0,
    onFenced: () => {},
  })

  /** Its record, with the proxy that it has now. */
  const config = (desired: SessionConfig['desired'] = 'running'): SessionConfig => ({
    ...{ v: 1, tenantId, sessionId, mode: 'test', partition: 's0', desired, createdAt: '' },
    ...(proxy ? { proxy } : {}),
  })

  const start = (desired: SessionConfig['desired'] = 'running', ahead?: Replay, since?: string): Promise<Session> =>
    Session.start({
      ahead,
      config: config(desired),
      takeover: { ...takeover(), since },
      snapshotBeforeLeaving: async () => {},
      onTakenOver: () => {},
      url: sandbox.url,
      version: undefined,
      versionGate: openVersionGate,
      observe: silentObserver,
      open: openSessionSocket,
      login: ({ begin }) => void begin(() => {}),
      routeOf: (config) => routeOf(config, proxies),
      isSuspended: () => suspended,
      now: () => new Date(),
      random: () => 0,
      after: (ms, run) => void setTimeout(run, ms).unref(),
      turn: () => new Promise((resolve) => setImmediate(resolve)),
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      publish: async (event) => {
        published.set(event.id, event)
      },
      publishState: (next) => {
        states.push(next)
      },
      tell: (notice) => notices.push(notice),
      publishPairing: (record) => {
        shownNow = record
        if (record?.qr) qrs.push(record.qr)
      },
      onDeleted: async () => {},
      onFenced: () => {},
      onFrameSent: () => {},
      log: (event, fields) => lines.push({ event, ...fields }),
      warn: (event, fields) => lines.push({ event, ...fields }),
    })

  return {
    subject,
    takeover,
    objects,
    start,
    state: () => states.at(-1),
    /** Everything that was told of it, in order. */
    states,
    /** Everything that those who follow it live were told. */
    notices,
    /** Everything that was logged. */
    lines,
    config,
    /** Sealed as the gateway does; takes effect when the record is handed to the session, or with its next owner. */
    setProxy(url: string | undefined): SessionConfig {
      const parsed = url === undefined ? undefined : parseProxyUrl(url)
      if (parsed && !parsed.ok) throw new Error(parsed.fault)
      proxy = parsed && {
        ...{ scheme: parsed.proxy.scheme, host: parsed.proxy.host, port: parsed.proxy.port },
        hasCredentials: parsed.proxy.credentials !== undefined,
        sealed: sealText(master, proxyPlace(tenantId, sessionId), formatProxyUrl(parsed.proxy)),
      }
      return config()
    },
    /** Of the tenant; whoever lets it send again tells the session too. */
    suspend(is: boolean): void {
      suspended = is
    },
    /** What can link a phone now. */
    shown: () => shownNow,
    newestQr: () => qrs.at(-1),
    published: (type: LoggedEvent['type']) => [...published.values()].filter((event) => event.type === type),
    sequences: () => [...published.values()].map(({ sequence }) => sequence).toSorted((a, b) => a - b),
    /** The first owner, linked to the phone. */
    async link(own: Phone): Promise<Session> {
      const session = await start()
      const qr = await waitFor(() => qrs.at(-1), { what: 'a QR string' })
      await sandbox.scan(own.id, qr)
      await waitFor(() => session.connected, { what: 'the session to connect' })
      return session
    },
    async connected(session: Session): Promise<void> {
      await waitFor(() => session.connected, { what: 'the session to connect' })
    },
    requestCode: (n: number, number: string): Command => ({
      id: `cmd_${n}`,
      type: 'session.request_pairing_code',
      source: 'test',
      time: new Date().toISOString(),
      tenantId,
      sessionId,
      data: { phone: number },
    }),
    send: (n: number, to: string): Command => ({
      id: `cmd_${n}`,
      type: 'message.send',
      source: 'test',
      time: new Date().toISOString(),
      tenantId,
      sessionId,
      data: {
        messageId: `msg_${String(n).padStart(26, '0')}`,
        to,
        content: { type: 'text', text: { body: `text ${n}` } },
        lane: 'normal',
        acceptedAt: new Date().toISOString(),
      },
    }),
  }
}
