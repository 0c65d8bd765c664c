// Sessions that were linked long ago: phones in the sandbox that know a client which never connected, and logs as its owner
// would have left them. Everything is real but the handshake, the one-time keys being each session's own, and the contacts.

import { randomBytes } from 'node:crypto'
import { type SessionConfig, sessionConfigKey } from '@wagate/messages/control.ts'
import { makeId } from '@wagate/messages/ids.ts'
import { sharedPartitionOf } from '@wagate/messages/subjects.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import { parseMasterKey } from '@wagate/runtime/seal.ts'
import type { TestStack } from '@wagate/testing/stack.ts'
import type { EngineBroker } from '@wagate/worker/engine/deps.ts'
import { noObjects } from '@wagate/worker/fakes/memory-objects.ts'
import {
  introduction,
  linkedCredentials,
  makeSeeds,
  newCredentials,
  type Seeds,
} from '@wagate/worker/fakes/seeded-account.ts'
import { writeSeededLog } from '@wagate/worker/fakes/seeded-log.ts'
import { connectAs } from '../connect-as.ts'
import type { Phone, Sandbox } from '../sandbox/control.ts'

export type SeededSession = { config: SessionConfig; phone: Phone }
export type SeedOptions = { tenantId: string; sessions: number; contacts: number; messages: number }

const atOnce = 32

/** To be called while no worker runs: the records of the sessions are written last. */
export async function seedSessions(stack: TestStack, sandbox: Sandbox, options: SeedOptions): Promise<SeededSession[]> {
  const [worker, gateway] = await Promise.all([connectAs(stack, 'worker'), connectAs(stack, 'gateway')])
  const engine = await asEngine(worker, stack)
  const seeds = await makeSeeds()
  const seeded: SeededSession[] = []
  const seedSome = async (): Promise<void> => {
    while (seeded.length < options.sessions) {
      const session = { config: newSession(options.tenantId, stack.wiring.partitions), phone: { id: '', number: '' } }
      seeded.push(session)
      session.phone = await link(engine, sandbox, session.config, seeds, options)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, seedSome))
  const records = await gateway.kv('sessions')
  for (const { config } of seeded) {
    await records.put(sessionConfigKey(config.tenantId, config.sessionId), Buffer.from(JSON.stringify(config)))
  }
  await Promise.all([worker.drain(), gateway.drain()])
  return seeded
}

async function asEngine(broker: Broker, { wiring: { secrets } }: TestStack): Promise<EngineBroker> {
  return {
    broker,
    buckets: {
      sessions: await broker.kv('sessions'),
      sessionKeys: await broker.kv('session_keys'),
      pairing: await broker.kv('pairing'),
    },
    master: parseMasterKey(secrets.masterKey, secrets.masterKeyId),
    owner: 'bench',
    now: () => new Date(),
    reached: () => {},
    onAppend: () => {},
    objects: noObjects,
    warn: () => {},
    pause: async () => {},
    stopping: new AbortController().signal,
  }
}

function newSession(tenantId: string, partitions: number): SessionConfig {
  const createdAt = new Date()
  const sessionId = makeId('session', createdAt.getTime(), randomBytes(10))
  return {
    v: 1,
    tenantId,
    sessionId,
    mode: 'test',
    partition: sharedPartitionOf(sessionId, partitions),
    desired: 'running',
    createdAt: createdAt.toISOString(),
  }
}

async function link(
  engine: EngineBroker,
  sandbox: Sandbox,
  config: SessionConfig,
  seeds: Seeds,
  { contacts, messages }: SeedOptions,
): Promise<Phone> {
  const phone = await sandbox.createPhone(config.tenantId)
  const fresh = newCredentials()
  const { jid, lid, identity } = await sandbox.enrol(phone.id, introduction(fresh, seeds))
  const creds = linkedCredentials(fresh, { jid, lid, identity: Buffer.from(identity, 'base64') })
  const account = { phone: phone.number, lid: `${lid.split(':')[0]}@lid` }
  await writeSeededLog(engine, { config, creds, account, seeds, contacts, messages })
  return phone
}
