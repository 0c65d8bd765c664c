// From the broker's port to what one session needs: its log, its events, its public state.
import { randomBytes } from 'node:crypto'
import type { Command } from '@wagate/messages/commands.ts'
import {
  type PairingRecord,
  type SessionConfig,
  type SessionState,
  sessionConfig,
  sessionConfigKey,
  sessionKey,
  sessionState,
  sessionStateKey,
} from '@wagate/messages/control.ts'
import { commandSubject, eventSubject, logSubject } from '@wagate/messages/subjects.ts'
import type { Broker, KvBucket } from '@wagate/runtime/broker.ts'
import { BrokerUnavailable, ConcurrentAppend, WrongLastSequence } from '@wagate/runtime/errors.ts'
import type { ObjectStore } from '@wagate/runtime/object-store.ts'
import type { MasterKey } from '@wagate/runtime/seal.ts'
import { loadDataKey } from '../log/data-key.ts'
import type { LoggedEvent } from '../log/memory.ts'
import type { RecordLabel } from '../log/session-log.ts'
import { zstandard } from '../log/snapshot-codec.ts'
import type { StoredBatch } from '../log/takeover.ts'
import type { SessionDeps } from '../session/deps.ts'
import { writeLatest } from './latest.ts'
import { snapshotObjects } from './snapshot-objects.ts'

export type Buckets = { sessions: KvBucket; sessionKeys: KvBucket; pairing: KvBucket }

/** Steps that a test may name to have the process killed there; nothing in production. */
export type Step = 'queued' | 'intent' | 'frame' | 'inbound' | 'relayed' | 'snapshot'

export type EngineBroker = {
  broker: Broker
  buckets: Buckets
  master: MasterKey
  owner: string
  now: () => Date
  reached: (step: Step) => void
  onAppend: (bytes: number) => void
  pause: (attempt: number) => Promise<void>
  objects: ObjectStore
  warn: (event: string, fields: Record<string, unknown>) => void
  /** Aborts when the engine has drained: nothing is tried again after that. */
  stopping: AbortSignal
}

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))

const stepOf: { [label in RecordLabel]?: Step } = {
  QUEUED: 'queued',
  INTENT: 'intent',
  INBOX: 'inbound',
  SNAPSHOT: 'snapshot',
}

export async function takeoverDeps(engine: EngineBroker, config: SessionConfig): Promise<SessionDeps['takeover']> {
  const { broker, buckets, master, owner, now } = engine
  const { tenantId, sessionId } = config
  const subject = logSubject(sessionId)
  const stored = (message: { seq: number; data: Uint8Array; headers: Record<string, string> }): StoredBatch => ({
    seq: message.seq,
    data: message.data,
    msgId: message.headers['Nats-Msg-Id'],
  })
  const hasLog = async () => (await broker.lastMessage('SESSION_LOG', subject)) !== undefined
  const dataKey = () => loadDataKey(buckets.sessionKeys, master, tenantId, sessionId, hasLog)
  return {
    cipher: { tenantId, sessionId, key: await dataKey() },
    owner,
    now,
    newTerm: () => randomBytes(6).toString('hex'),
    defer: setImmediate,
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    compression: zstandard,
    snapshots: snapshotObjects(engine.objects, tenantId, sessionId),
    purge: async (beforeSeq) => {
      await broker.purgeSubject('SESSION_LOG', subject, { beforeSeq })
    },
    broker: {
      publish: async (bytes, { msgId, expectedLastSubjectSequence, labels }) => {
        const published = await broker.publish(subject, bytes, { msgId, expectedLastSubjectSequence })
        engine.onAppend(bytes.length)
        for (const label of labels) {
          const step = stepOf[label]
          if (step) engine.reached(step)
        }
        return published
      },
      last: async () => {
        const message = await broker.lastMessage('SESSION_LOG', subject)
        return message && stored(message)
      },
      at: async (seq) => {
        const message = await broker.messageAt('SESSION_LOG', seq)
        return message && stored(message)
      },
      read: async function* (fromSeq) {
        for await (const message of broker.readSubject('SESSION_LOG', subject, { fromSeq })) yield stored(message)
      },
      classify: (error) => {
        if (error instanceof WrongLastSequence) return 'conflict'
        if (error instanceof ConcurrentAppend) return 'busy'
        // A connection that is closed for good never comes back: trying again would spin and keep the process alive.
        return error instanceof BrokerUnavailable && error.reason !== 'closed' ? 'outage' : 'bug'
      },
      pause: engine.pause,
    },
  }
}

export async function publishEvent(engine: EngineBroker, config: SessionConfig, event: LoggedEvent): Promise<void> {
  const { tenantId, sessionId } = config
  const { id, type, sequence, data, correlationId } = event
  const envelope = {
    id,
    type,
    source: 'worker',
    time: engine.now().toISOString(),
    tenantId,
    sessionId,
    ...(correlationId ? { correlationId } : {}),
    sequence,
    data,
  }
  await engine.broker.publish(eventSubject({ tenantId, sessionId }, type), json(envelope), { msgId: id })
  engine.reached('relayed')
}

/** Writes the latest state, one write at a time; a state of a newer owner is never overwritten. */
export function statePublisher(engine: EngineBroker, config: SessionConfig): (state: SessionState) => void {
  const key = sessionStateKey(config.tenantId, config.sessionId)
  const { sessions } = engine.buckets
  async function write(state: SessionState): Promise<void> {
    const stored = await sessions.get(key)
    if (!stored) {
      await sessions.create(key, json(state))
      return
    }
    const current = sessionState.safeParse(JSON.parse(Buffer.from(stored.value).toString()))
    if (current.success && current.data.epoch > state.epoch) return
    await sessions.update(key, json(state), stored.revision)
  }

  return writeLatest(engine, write)
}

/** Our partition has let go of the session: whoever has the other one may host it. */
export async function finishMove({ buckets: { sessions } }: EngineBroker, config: SessionConfig): Promise<void> {
  const key = sessionConfigKey(config.tenantId, config.sessionId)
  const stored = await sessions.get(key)
  const current = stored && sessionConfig.safeParse(JSON.parse(Buffer.from(stored.value).toString()))
  if (!stored || !current?.success || current.data.movingFrom !== config.movingFrom) return
  const { movingFrom: _, ...moved } = current.data
  await sessions.update(key, json(moved), stored.revision)
}

/**
 * Under an id of the copy that is forwarded: the stream knows the command's own already, and would know the partition's when a
 * session comes back to it. The session takes it once all the same.
 */
export async function forwardCommand(
  engine: EngineBroker,
  command: Command,
  to: SessionConfig,
  copySeq: number,
): Promise<void> {
  await engine.broker.publish(commandSubject(to, command.type), json(command), { msgId: `${command.id}:${copySeq}` })
}

/** Writes what can link a phone now, and removes it when nothing can. */
export function pairingPublisher(
  engine: EngineBroker,
  config: SessionConfig,
): (record: PairingRecord | undefined) => void {
  const key = sessionKey(config.tenantId, config.sessionId)
  const { pairing } = engine.buckets
  return writeLatest(engine, async (record: PairingRecord | undefined) => {
    if (record) await pairing.put(key, json(record))
    else await pairing.delete(key)
  })
}
