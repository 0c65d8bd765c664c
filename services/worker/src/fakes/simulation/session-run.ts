// One run of a session through a plan. Everything real but the broker, WhatsApp and time.
import { createSecretKey, type KeyObject } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Command } from '@wagate/messages/commands.ts'
import type { SessionConfig } from '@wagate/messages/control.ts'
import { commandSubject, logSubject } from '@wagate/messages/subjects.ts'
import { publishEvent } from '../../engine/deps.ts'
import { loadDataKey } from '../../log/data-key.ts'
import { readAhead } from '../../log/takeover.ts'
import { poisonCode } from '../../session/caution.ts'
import { contents } from '../log-records.ts'
import { brokerOf, createStores, type Stores } from './broker.ts'
import { createCommandQueue } from './commands.ts'
import { atOnce } from './compression.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { Machine } from './machine.ts'
import { calm, createNetwork } from './network.ts'
import { type Owner, type OwnerParts, startOwner } from './owner.ts'
import type { Plan, Step } from './plan.ts'
import { createRandom } from './random.ts'
import { realParts } from './socket.ts'
import { createTime } from './time.ts'
import { createWhatsApp } from './whatsapp.ts'

export type Run = {
  violations: string[]
  steps: number
  /** What came to pass, for the test that looks whether the runs go anywhere. */
  seen: {
    epochs: number
    fenced: number
    shown: number
    rejected: number
    /** Told as failed because owners died over them. */
    leftOut: number
    unconfirmed: number
    cancelled: number
    expired: number
    logins: number
    events: number
    unsettledMs: number
    snapshots: number
    purged: number
  }
}

export const parts: OwnerParts = {
  ...realParts,
  logBroker: (real) => real,
  publishEvent,
  keeping: (real) => real,
  handle: (session, command) => session.handle(command),
}

const idOf = (kind: string, n: number): string => `${kind}_${String(n).padStart(26, '0')}`
const tenantId = 'ten_A'
const sessionId = 'ses_01ARZ3NDEKTSV4RRFFQ69G5FAV'
const config: SessionConfig = {
  v: 1,
  tenantId,
  sessionId,
  mode: 'test',
  partition: 's0',
  desired: 'running',
  createdAt: '2026-01-01T00:00:00.000Z',
}
const briskly = { perSecond: 10, burst: 5 }
const master = { id: 'k1', key: Buffer.alloc(32, 7) }
/** Longer than anything that could still make something happen twice. */
const quietMs = 40_000
/** In which everything has to come to its end once all is well again. */
const settleWithinMs = 30 * 60_000

export type RunOptions = {
  /** Parts to replace by broken ones. */
  broken?: Partial<OwnerParts>
  tell?: (line: string) => void
}

export async function runSession(plan: Plan, { broken = {}, tell = () => {} }: RunOptions = {}): Promise<Run> {
  const random = createRandom(plan.seed)
  const time = createTime()
  const network = createNetwork(time, random)
  const stores = createStores(time, random)
  const whatsApp = createWhatsApp(time, random)
  const commands = createCommandQueue(time, random, network)
  const bucket = stores.bucket('session_keys')
  const direct = {
    get: async (key: string) => bucket.get(key),
    create: async (key: string, value: Uint8Array) => bucket.create(key, value),
    update: async (key: string, value: Uint8Array, revision: number) => bucket.update(key, value, revision),
  }
  const keyObject = createSecretKey(await loadDataKey(direct, master, tenantId, sessionId, async () => false))
  const ledger = createLedger({ tenantId, sessionId, key: keyObject }, whatsApp, (line) =>
    tell(`${Math.round(time.nowMs())} ${line}`),
  )
  stores.log.onStored = ledger.onLogStored
  stores.events.onStored = ledger.onEventStored
  const owners: Owner[] = []
  const ids: string[] = []
  /** Message ids. */
  const sent: string[] = []
  let fenced = 0
  let rejected = 0
  commands.onRejected(() => {
    rejected += 1
  })
  commands.onStray((seq) => ledger.stray(ids[seq - 1] ?? ''))

  const acting = (): Owner[] => owners.filter((owner) => owner.isActive()).toReversed()

  function own(): void {
    const machine = new Machine(`m${owners.length + 1}`, time, random)
    owners.push(
      startOwner({
        machine,
        random,
        broker: brokerOf(machine, network, stores),
        snapshots: stores.objects.seenBy(machine, network),
        master,
        keyObject,
        config: { ...config, pacing: plan.pacing ?? briskly },
        whatsApp,
        commands,
        parts: { ...parts, ...broken },
        newTerm: () => `t${machine.id}x${random.below(1e9)}`,
        onFenced: () => {
          fenced += 1
          tell(`${Math.round(time.nowMs())} ${machine.id} was fenced`)
        },
      }),
    )
  }

  function publish(command: Command, times: number): void {
    ledger.accept(command)
    for (let n = 0; n < times; n++) {
      ids.push(command.id)
      commands.publish(commandSubject({ partition: 's0', tenantId, sessionId }, command.type), command)
    }
  }

  const inMs = (ms: number): string => new Date(Date.parse(config.createdAt) + time.nowMs() + ms).toISOString()
  const envelope = (n: number) => ({
    id: idOf('cmd', n),
    source: 'gateway',
    time: inMs(0),
    tenantId,
    sessionId,
  })

  function send(step: Extract<Step, { do: 'send' }>): void {
    const n = ids.length + 1
    const common = envelope(n)
    const content = { type: 'text' as const, text: { body: `text ${n}` } }
    const messageId = idOf('msg', n)
    sent.push(messageId)
    const data = { messageId, to: step.chat, content, lane: step.lane, acceptedAt: common.time }
    const expiry = step.expiresInMs !== undefined && { expiresAt: inMs(step.expiresInMs) }
    publish({ ...common, type: 'message.send', data: { ...data, ...expiry } }, step.times)
  }

  function cancel(messageId: string | undefined): void {
    if (messageId) publish({ ...envelope(ids.length + 1), type: 'message.cancel', data: { messageId } }, 1)
  }

  function act(step: Step): void {
    tell(`${step.atMs} ${JSON.stringify(step)} (${acting().map(({ machine }) => machine.id)})`)
    const owner = 'of' in step ? acting()[step.of] : undefined
    if (step.do === 'send') send(step)
    if (step.do === 'cancel') cancel(sent.at(-1 - step.of))
    if (step.do === 'write') whatsApp.write(step.from, `from ${step.from} ${whatsApp.written() + 1}`)
    if (step.do === 'own') own()
    if (step.do === 'drain') owner?.machine.run(() => void owner.drain())
    if (step.do === 'die') owner?.machine.dieBefore(step.effects)
    if (step.do === 'stop') owner?.machine.stopFor(step.ms)
    if (step.do === 'cut') owner?.machine.cutOff(step.from, step.ms)
    if (step.do === 'outage') network.outage(step.ms)
    if (step.do === 'close') whatsApp.closeWith(step.code)
    if (step.do === 'snapshot') owner?.takeSnapshot()
    if (step.do === 'objects_away') stores.objects.outage(step.ms)
    if (step.do === 'harm_snapshot') stores.objects.harmNewest()
  }

  network.setWeather(plan.weather)
  for (const step of plan.steps) {
    await time.runUntil(step.atMs)
    act(step)
  }
  await time.runUntil(time.nowMs() + 1_000)

  // All is well again: whoever is left, or somebody new, has to bring everything to its end.
  network.setWeather(calm)
  for (const owner of owners) owner.machine.heal()
  const healedAtMs = time.nowMs()
  const isSettled = (): boolean => commands.unsettled() === 0 && ledger.isSettled()
  const isOverdue = (): boolean => time.nowMs() - healedAtMs > settleWithinMs
  own()
  let settledForMs = 0
  while (settledForMs < quietMs && !isOverdue()) {
    // As a lease would have it: somebody who acts, or is about to.
    const after = owners.findIndex(({ machine }) => machine.id === ledger.holder())
    if (!owners.slice(Math.max(0, after)).some((owner) => owner.isActive())) own()
    // What a person would do.
    if (ledger.memory.closed || ledger.memory.standing.quarantine)
      publish({ ...envelope(ids.length + 1), type: 'session.restart', data: {} }, 1)
    acting()[0]?.takeSnapshot()
    await time.runUntil(time.nowMs() + 10_000)
    settledForMs = isSettled() ? settledForMs + 10_000 : 0
  }
  const unsettledMs = time.nowMs() - healedAtMs - settledForMs
  if (isOverdue()) ledger.violations.push(`not settled: ${commands.unsettled()} commands, ${ledger.open()}`)
  ledger.checkEnd()
  ledger.violations.push(...(await rememberedOf(stores, ledger, keyObject)))
  const seen = {
    epochs: ledger.memory.epoch,
    fenced,
    shown: whatsApp.shown.length,
    logins: whatsApp.logins(),
    rejected,
    leftOut: ledger.failedWith(poisonCode),
    unconfirmed: ledger.told('message.unconfirmed'),
    cancelled: ledger.told('message.cancelled'),
    expired: ledger.told('message.expired'),
    events: ledger.published(),
    unsettledMs,
    snapshots: stores.objects.puts,
    purged: stores.log.purged,
  }
  return { violations: ledger.violations, steps: time.steps(), seen }
}

/** Whoever came next would know what the whole log said, though most of it is purged. */
async function rememberedOf({ log, objects }: Stores, { memory }: Ledger, key: KeyObject): Promise<string[]> {
  const subject = logSubject(sessionId)
  try {
    const read = await readAhead({
      cipher: { tenantId, sessionId, key },
      broker: {
        last: async () => log.last(subject),
        at: async (seq) => log.at(seq),
        read: async function* (fromSeq) {
          yield* log.all(subject).filter(({ seq }) => seq >= fromSeq)
        },
      },
      snapshots: objects.direct(),
      turn: async () => {},
      compression: atOnce,
      report: () => {},
    })
    const same = read !== undefined && isDeepStrictEqual(contents(read.memory), contents(memory))
    return same ? [] : ['the snapshot and the rest of the log are not what the whole log said']
  } catch (error) {
    return [`nobody could take over any more: ${error instanceof Error ? error.message : 'unknown'}`]
  }
}
