// The life of a session's connection with a socket that does what the test says, on a clock that it turns.
import { expect, test } from 'vitest'
import type { LogRecord } from '../log/records.ts'
import { foldStanding, freshStanding } from '../log/standing.ts'
import { type ConnectionDeps, createConnection } from './connection.ts'
import { createConnectionCounts } from './connection-counts.ts'
import { isCounted, proxyFailed } from './disconnect.ts'
import type { SocketEvents, WhatsAppSocket } from './socket.ts'
import { createVersionGates } from './version-gate.ts'

type On = Parameters<ConnectionDeps['open']>[0]

function world(options: { linked?: boolean; owned?: () => Promise<void> } = {}) {
  const clock = { nowMs: Date.parse('2026-01-01T12:00:00.000Z') }
  const timers: { atMs: number; run: () => void }[] = []
  const sockets: { on: On; closed: boolean }[] = []
  const told: string[] = []
  let standing = freshStanding()
  const write = (record: LogRecord): void => {
    standing = foldStanding(standing, record)
  }
  const iso = (ms: number): string => new Date(ms).toISOString()
  const counts = createConnectionCounts()
  const gates = createVersionGates({ nowMs: () => clock.nowMs, onRefused: () => told.push('alert') })
  let unacknowledgedMs: number | undefined

  const silent: Omit<SocketEvents, 'credsChanged' | 'open' | 'closed' | 'frame'> = {
    qr: () => {},
    codeEntered: () => {},
    paired: () => {},
    receipt: () => {},
    typed: () => {},
    call: () => {},
    acknowledged: () => {},
    frameSent: () => {},
    restriction: () => {},
  }
  const connection = createConnection({
    open: (on) => {
      const own = { on, closed: false }
      sockets.push(own)
      const socket: WhatsAppSocket = {
        send: async () => 'handed-over',
        isOnWhatsApp: async () => true,
        requestPairingCode: async () => ({ refused: undefined }),
        logout: async () => {},
        checkRestrictions: () => {},
        markRead: () => {},
        showTyping: () => {},
        watchTyping: () => {},
        appearOffline: () => {},
        close: () => {
          own.closed = true
        },
      }
      return socket
    },
    isLinked: () => options.linked ?? true,
    standing: () => standing,
    stillOwned: options.owned ?? (async () => {}),
    versionGate: gates.of('live'),
    login: (begin) => void begin(() => {}),
    random: () => 0.5,
    after: (ms, run) => timers.push({ atMs: clock.nowMs + ms, run }),
    oldestUnacknowledgedMs: () => unacknowledgedMs,
    nowMs: () => clock.nowMs,
    on: {
      ...silent,
      connecting: () => {},
      gone: () => {},
      open: () =>
        write({
          kind: 'LIFECYCLE',
          lifecycle: { type: 'session.connected', data: { account: {}, at: iso(clock.nowMs) } },
        }),
      failed: (code) => isCounted(code) && write({ kind: 'FAILURE', code, at: iso(clock.nowMs) }),
      proxyFailed: (reason) => told.push(`proxy ${reason}`),
      quarantined: (reason, code, untilMs) => {
        told.push(reason)
        const data = { reason, code, until: iso(untilMs), at: iso(clock.nowMs) }
        write({ kind: 'LIFECYCLE', lifecycle: { type: 'session.quarantined', data } })
      },
      ended: (reason) => told.push(`closed ${reason}`),
    },
    observe: counts.observer,
    log: () => {},
  })

  const socketNow = () => {
    const newest = sockets.at(-1)
    if (!newest) throw new Error('nothing was opened')
    return newest
  }
  return {
    connection,
    sockets,
    told,
    counts,
    standing: () => standing,
    open: () => socketNow().on.open(),
    frame: () => socketNow().on.frame(),
    fail: (code: number, bannedForMs?: number) =>
      socketNow().on.closed({ code, ...(bannedForMs === undefined ? {} : { bannedForMs }) }),
    failProxy: () => socketNow().on.closed({ code: proxyFailed, proxy: 'unreachable' }),
    leaveUnacknowledged: () => {
      unacknowledgedMs = clock.nowMs
    },
    /** Turns the clock, running what comes due in its order. */
    async pass(ms: number): Promise<void> {
      const endMs = clock.nowMs + ms
      for (;;) {
        const next = timers.toSorted((a, b) => a.atMs - b.atMs)[0]
        if (!next || next.atMs > endMs) break
        timers.splice(timers.indexOf(next), 1)
        clock.nowMs = next.atMs
        next.run()
        for (let n = 0; n < 4; n++) await Promise.resolve()
      }
      clock.nowMs = endMs
    },
  }
}

const minute = 60_000

test('a proxy that fails is tried again and again with growing pauses, and costs no write, quarantine or credentials', async () => {
  const w = world()
  w.connection.connect()
  for (let n = 0; n < 12; n++) {
    w.failProxy()
    expect(w.sockets.at(-1)?.closed).toBe(false)
    await w.pass(minute)
  }
  expect(w.sockets).toHaveLength(13)
  expect(new Set(w.told)).toEqual(new Set(['proxy unreachable']))
  expect(w.standing().failures).toEqual([])
  w.open()
  expect(w.connection.current()).toBeDefined()
})

test('a lost connection is opened again after its pause', async () => {
  const w = world()
  w.connection.connect()
  w.open()
  w.fail(428)
  await w.pass(499)
  expect(w.sockets).toHaveLength(1)
  await w.pass(2)
  expect(w.sockets).toHaveLength(2)
})

test('replaced, it waits 5 to 30 s and connects once; at the third time within an hour it is left alone, not fought for', async () => {
  const w = world()
  w.connection.connect()
  for (const sockets of [1, 2]) {
    w.open()
    w.fail(440)
    await w.pass(4_999)
    expect(w.sockets).toHaveLength(sockets)
    await w.pass(25_001)
    expect(w.sockets).toHaveLength(sockets + 1)
  }
  w.open()
  w.fail(440)
  expect(w.told).toEqual(['replaced'])
  await w.pass(10 * minute - 1_000)
  expect(w.sockets).toHaveLength(3)
  await w.pass(2_000)
  expect(w.sockets).toHaveLength(4) // it ends by itself
  w.open()
  w.fail(440)
  expect(w.told).toEqual(['replaced', 'replaced'])
  await w.pass(19 * minute)
  expect(w.sockets).toHaveLength(4) // the next is twice as long
  expect(w.counts.snapshot()).toMatchObject({ closed: { 440: 4 }, quarantines: { replaced: 2 } })
})

test('replaced while another worker owns the session, it does not come back', async () => {
  const w = world({ owned: () => Promise.reject(new Error('fenced')) })
  w.connection.connect()
  w.open()
  w.fail(440)
  await w.pass(minute)
  expect(w.sockets).toHaveLength(1)
})

test('five stream errors in ten minutes end in a quarantine, which a restart ends', async () => {
  const w = world()
  w.connection.connect()
  for (let n = 1; n < 5; n++) {
    w.fail(500)
    await w.pass(minute)
  }
  w.fail(500)
  expect(w.told).toEqual(['stream_errors'])
  const before = w.sockets.length
  w.connection.close()
  w.connection.connect()
  expect(w.sockets).toHaveLength(before + 1)
  await w.pass(6 * 60 * minute)
  expect(w.sockets).toHaveLength(before + 1) // what waited for the end of the quarantine does nothing
})

test('a ban lasts as long as WhatsApp says, over any number of timers', async () => {
  const w = world()
  w.connection.connect()
  w.fail(402, 3 * 60 * minute)
  expect(w.told).toEqual(['temporarily_banned'])
  await w.pass(3 * 60 * minute - 1_000)
  expect(w.sockets).toHaveLength(1)
  await w.pass(2_000)
  expect(w.sockets).toHaveLength(2)
})

test('a refused version holds back this and every later login, and is not tried again at once', async () => {
  const w = world()
  w.connection.connect()
  w.fail(405)
  expect(w.told).toEqual(['alert', 'outdated'])
  w.connection.connect()
  expect(w.sockets).toHaveLength(1)
  await w.pass(31 * minute)
  expect(w.sockets).toHaveLength(2)
})

test('a quarantine that was begun by another owner is kept', async () => {
  const w = world()
  w.connection.connect()
  w.fail(402, 20 * minute)
  w.connection.close() // as a new owner that finds the same standing
  w.connection.rest()
  await w.pass(19 * minute)
  expect(w.sockets).toHaveLength(1)
  await w.pass(2 * minute)
  expect(w.sockets).toHaveLength(2)
})

test('without a frame for three keep-alive intervals an open socket is deaf: closed, and opened again', async () => {
  const w = world()
  w.connection.connect()
  w.open()
  await w.pass(44_000)
  expect(w.sockets[0]?.closed).toBe(false)
  await w.pass(2_000)
  expect(w.sockets[0]?.closed).toBe(true)
  expect(w.counts.snapshot()).toMatchObject({ deaf: 1, closed: { 408: 1 } })
  expect(w.sockets).toHaveLength(2)
})

test('the answer to a ping is enough to be heard', async () => {
  const w = world()
  w.connection.connect()
  w.open()
  for (let n = 0; n < 20; n++) {
    await w.pass(20_000)
    w.frame()
  }
  expect(w.sockets).toHaveLength(1)
  expect(w.counts.snapshot().deaf).toBe(0)
})

test('a message that nobody acknowledges makes a talking socket deaf too', async () => {
  const w = world()
  w.connection.connect()
  w.open()
  w.leaveUnacknowledged()
  for (let n = 0; n < 7; n++) {
    w.frame()
    await w.pass(14_000)
  }
  expect(w.sockets[0]?.closed).toBe(true)
})

test('a connection that fails again and again at once is tried ever more slowly; one that lasted begins anew', async () => {
  const w = world()
  w.connection.connect()
  for (let n = 0; n < 8; n++) {
    w.open()
    w.fail(428)
    await w.pass(minute)
  }
  const before = w.sockets.length
  w.open()
  w.fail(428)
  await w.pass(20_000)
  expect(w.sockets).toHaveLength(before)
  await w.pass(15_000)
  expect(w.sockets).toHaveLength(before + 1)
  w.open()
  await w.pass(31_000)
  w.fail(428)
  await w.pass(501)
  expect(w.sockets).toHaveLength(before + 2)
})
