import type { PairingRecord } from '@wagate/messages/control.ts'
import { expect, test } from 'vitest'
import { apply, emptyMemory } from '../log/memory.ts'
import type { LogRecord } from '../log/records.ts'
import { codeLifetimeMs, createPairing } from './pairing.ts'
import type { CodeAnswer } from './pairing-code.ts'

const startMs = Date.parse('2026-11-20T10:00:00.000Z')
const phone = '+999100200300'

function world() {
  const memory = emptyMemory('ten_1', 'ses_1')
  const asked: string[] = []
  const events: string[] = []
  const timers: { atMs: number; run: () => void }[] = []
  let nowMs = startMs
  let reconnects = 0
  let shown: PairingRecord | undefined
  const answers: (CodeAnswer | Promise<CodeAnswer>)[] = []
  const newSocket = () => ({
    requestPairingCode: async (number: string): Promise<CodeAnswer> => {
      asked.push(number)
      return answers.shift() ?? { code: `CODE000${asked.length}` }
    },
  })
  let socket = newSocket()
  const append = (records: LogRecord[]) => {
    for (const record of records) events.push(...apply(memory, record).map((event) => JSON.stringify(event)))
    return 0
  }
  const now = () => new Date(nowMs)
  const pairing = createPairing({
    memory,
    journal: {
      append,
      lifecycle: (lifecycle) => append([{ kind: 'LIFECYCLE', lifecycle }]),
      at: () => now().toISOString(),
      released: () => false,
    },
    durable: async () => {},
    socket: () => socket,
    reconnect: () => {
      reconnects += 1
    },
    publishPairing: (record) => {
      shown = record
    },
    onShown: () => {},
    now,
    after: (ms, run) => timers.push({ atMs: nowMs + ms, run }),
    log: () => {},
  })
  let commands = 0
  return {
    ...{ pairing, memory, asked, events, answers },
    shown: () => shown,
    reconnects: () => reconnects,
    async ask(number = phone, time = now()) {
      commands += 1
      const id = `cmd_${commands}`
      const envelope = { id, source: 'test', time: time.toISOString(), tenantId: 'ten_1', sessionId: 'ses_1' }
      await pairing.ask({ ...envelope, type: 'session.request_pairing_code', data: { phone: number } })
      await settled()
      return id
    },
    async qr(text: string) {
      pairing.qr(text)
      await settled()
    },
    connect() {
      socket = newSocket()
      pairing.lost()
    },
    async pass(ms: number) {
      nowMs += ms
      for (const timer of timers.filter(({ atMs }) => atMs <= nowMs)) timer.run()
      await settled()
    },
  }
}

/** Everything here ends within a few microtasks. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a code is shown beside the QR string, answers its request, and is in no event', async () => {
  const { qr, ask, shown, events } = world()
  await qr('qr 1')
  const commandId = await ask()
  expect(shown()).toMatchObject({ qr: 'qr 1', code: { commandId, phone, code: 'CODE0001' } })
  expect(shown()?.code?.expiresAt).toBe(new Date(startMs + codeLifetimeMs).toISOString())
  expect(events.join()).toContain('session.code_issued')
  expect(events.join()).not.toMatch(/CODE0001|999100200300/)
})

test('a code that is wanted before the socket is ready is asked for with the first QR string', async () => {
  const { qr, ask, shown, asked } = world()
  await ask()
  expect([asked, shown()]).toEqual([[], undefined])
  await qr('qr 1')
  expect(shown()?.code?.code).toBe('CODE0001')
})

test('the same number gets the same code again, as long as there is time to enter it; another number gets another', async () => {
  const { qr, ask, shown, asked, pass } = world()
  await qr('qr 1')
  await ask()
  const again = await ask()
  expect(shown()?.code).toMatchObject({ commandId: again, code: 'CODE0001' })
  await ask('+999100200301')
  expect(shown()?.code).toMatchObject({ phone: '+999100200301', code: 'CODE0002' })
  await pass(codeLifetimeMs - 29_000)
  await ask('+999100200301')
  expect(shown()?.code?.code).toBe('CODE0003')
  expect(asked).toHaveLength(3)
})

test('a number that is asked for while WhatsApp still thinks about another is the one that gets a code', async () => {
  const { qr, ask, shown, answers, asked } = world()
  const slow = Promise.withResolvers<CodeAnswer>()
  answers.push(slow.promise)
  await qr('qr 1')
  await ask()
  const last = await ask('+999100200301')
  slow.resolve({ code: 'CODE000X' })
  await settled()
  expect(asked).toEqual([phone, '+999100200301'])
  expect(shown()?.code).toMatchObject({ commandId: last, phone: '+999100200301', code: 'CODE0002' })
})

test('a code that is lost with its socket is withdrawn, and replaced while somebody may still wait for it', async () => {
  const { qr, ask, shown, connect, pass } = world()
  await qr('qr 1')
  const commandId = await ask()
  connect()
  expect(shown()).toBeUndefined()
  await qr('qr 2')
  expect(shown()).toMatchObject({ qr: 'qr 2', code: { commandId, code: 'CODE0002' } })
  connect()
  await pass(180_000)
  await qr('qr 3')
  expect(shown()?.code).toBeUndefined()
})

test('an answer that comes when its socket is gone is not shown', async () => {
  const { qr, ask, shown, answers, connect } = world()
  const slow = Promise.withResolvers<CodeAnswer>()
  answers.push(slow.promise)
  await qr('qr 1')
  await ask()
  connect()
  slow.resolve({ code: 'CODE000X' })
  await settled()
  expect(shown()).toBeUndefined()
})

test('the sixth code within an hour is refused with when to come back, and WhatsApp is not asked', async () => {
  const { qr, ask, shown, asked, pass } = world()
  await qr('qr 1')
  for (const n of [1, 2, 3, 4, 5]) await ask(`+99910020030${n}`)
  const commandId = await ask()
  const retryAt = new Date(startMs + 3_600_000).toISOString()
  expect(shown()).toMatchObject({ qr: 'qr 1', refusal: { commandId, reason: 'limit', retryAt } })
  expect(shown()?.code).toBeUndefined()
  await qr('qr 2')
  expect(asked).toHaveLength(5)
  await pass(3_600_000)
  await ask()
  expect(shown()?.refusal).toBeUndefined()
  expect(asked).toHaveLength(6)
})

test.each([
  [429, 'throttled', 600_000],
  [404, 'number', 0],
  [400, 'number', 0],
  [undefined, 'unanswered', 10_000],
] as const)(
  'WhatsApp says %s: the request is refused as %s, and nobody asks again by themselves',
  async (refused, reason, ms) => {
    const { qr, ask, shown, answers, asked } = world()
    answers.push({ refused })
    await qr('qr 1')
    const commandId = await ask()
    const retryAt = new Date(startMs + ms).toISOString()
    expect(shown()?.refusal).toEqual({ commandId, reason, retryAt })
    await qr('qr 2')
    expect(asked).toHaveLength(1)
  },
)

test('a socket that would end before the code does is opened anew first', async () => {
  const { qr, ask, asked, reconnects, connect, shown } = world()
  for (const n of [1, 2, 3]) await qr(`qr ${n}`)
  await ask()
  expect([asked, reconnects()]).toEqual([[], 1])
  connect()
  await qr('qr 4')
  expect(shown()?.code?.code).toBe('CODE0001')
})

test('once a code was entered the QR string is withdrawn until the next, and the code stays for another try', async () => {
  const { qr, ask, shown, pairing, pass } = world()
  await qr('qr 1')
  await ask()
  pairing.codeEntered()
  expect(shown()).toMatchObject({ code: { code: 'CODE0001' } })
  expect(shown()?.qr).toBeUndefined()
  await qr('qr 2')
  expect(shown()).toMatchObject({ qr: 'qr 2', code: { code: 'CODE0001' } })
  await pass(codeLifetimeMs)
  expect(shown()?.code).toBeUndefined()
})

test('a request that was made long ago, or for a session that is linked or closed, does nothing', async () => {
  const { qr, ask, memory, asked, shown } = world()
  await qr('qr 1')
  await ask(phone, new Date(startMs - 180_000))
  memory.linked = true
  await ask()
  memory.linked = false
  memory.closed = 'qr_timeout'
  await ask()
  expect(asked).toEqual([])
  expect(shown()).toMatchObject({ qr: 'qr 1' })
})
