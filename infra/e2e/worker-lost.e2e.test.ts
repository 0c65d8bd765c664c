// Engines and workers that go away, by force and in order: who takes over, and what it costs. One stack, a tenant per test.
import { processId } from '@wagate/dev/servers/process-id.ts'
import { enginePids } from '@wagate/testing/engines.ts'
import { injectFault, readStats } from '@wagate/testing/sandbox-control.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { createWorld, type World } from '@wagate/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAsOperator, type OperatorBroker } from './src/broker.ts'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack
let broker: OperatorBroker

tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack({ passedOn: { ENGINES: '2' } })
  broker = await connectAsOperator(stack)
})
afterAll(async () => {
  await broker?.[Symbol.asyncDispose]()
  await stack?.[Symbol.asyncDispose]()
})

const setUp = (seed: number, sessions: number, phones: number) =>
  createWorld(stack, { sessions, phones, seed, readLog: () => broker.readSubject('SESSION_LOG', 'wal.>') })

const connections = (world: World) => world.feed.events.filter(({ type }) => type === 'session.connected').length

/** Every session has connected once more since then. */
const reconnected = (world: World, before: number, deadlineMs: number) =>
  waitFor(() => connections(world) >= before + world.sessions.length, { what: 'all sessions to reconnect', deadlineMs })

function killEngines(world: World): void {
  for (const pid of enginePids(stack.pid('worker'))) process.kill(pid, 'SIGKILL')
  world.interruptions.push({ atMs: Date.now() })
}

async function expectNothingLost(world: World): Promise<void> {
  expect(await world.settled()).toEqual([])
  expect(world.feed.events.filter(({ type }) => type === 'session.paired')).toHaveLength(world.sessions.length)
}

test('engines killed under load, again and again, lose nothing and double nothing', async () => {
  await using world = await setUp(1, 6, 8)
  const traffic = world.workload.exchange(90, 4)
  for (const messages of [15, 40, 65]) {
    await waitFor(() => world.workload.accepted.length >= messages && enginePids(stack.pid('worker')).length === 2, {
      deadlineMs: 60_000,
    })
    killEngines(world)
  }
  await traffic
  await expectNothingLost(world)
})

test('what is unacknowledged when its engine dies is sent again, exactly that, and shown once', async () => {
  await using world = await setUp(2, 2, 4)
  const { tenantId, client } = world.tenant
  await world.workload.exchange(8)
  await waitFor(() => world.isQuiet(), { deadlineMs: 60_000 })
  // Neither an acknowledgement nor a receipt comes back: nobody but the network knows that the frames have left.
  await injectFault(stack, tenantId, { hold_acks: true })
  await Promise.all(world.phones.map(({ id }) => client.setPhoneOnline(id, false)))
  const before = await readStats(stack, tenantId)
  const inTheAir = 12
  for (let n = 0; n < inTheAir; n++) await world.workload.send()
  const count = async () => (await readStats(stack, tenantId)).messages_received - before.messages_received
  await waitFor(async () => (await count()) === inTheAir, { what: 'the frames to leave', deadlineMs: 30_000 })
  expect(before.duplicates_received).toBe(0)

  killEngines(world)
  const duplicates = async () => (await readStats(stack, tenantId)).duplicates_received
  await waitFor(async () => (await duplicates()) === inTheAir, { what: 'the frames to come again', deadlineMs: 60_000 })
  await injectFault(stack, tenantId, { hold_acks: false })
  await Promise.all(world.phones.map(({ id }) => client.setPhoneOnline(id, true)))
  await expectNothingLost(world)
  expect(await duplicates()).toBe(inTheAir)
})

test('a worker that is stopped in order hands its sessions to another one, which needs no new scan', async () => {
  await using world = await setUp(3, 6, 8)
  const second = await stack.another('worker')
  const before = connections(world)
  const traffic = world.workload.exchange(60, 4)
  await waitFor(() => world.workload.accepted.length >= 20, { deadlineMs: 60_000 })
  world.interruptions.push({ atMs: Date.now() })
  await stack.stop('worker')
  await reconnected(world, before, 90_000)
  await traffic
  await expectNothingLost(world)
  const log = stack.log('worker', 100_000)
  const farewell = log.slice(log.lastIndexOf('service.stopping'))
  expect(farewell).toContain('service.stopped')
  expect(farewell, 'what a draining worker lets go of, it does not take up again').not.toContain('session.start_failed')

  // The next test's worker is the stack's own again.
  await stack.start()
  await second.stop()
})

test('a worker that dies with all its engines is replaced by one that was there', async () => {
  const doomed = await stack.another('worker')
  await stack.stop('worker')
  await using world = await setUp(4, 6, 8)
  await stack.start()
  const before = connections(world)
  await world.workload.exchange(6)
  const engines = enginePids(doomed.pid)
  expect(engines).toHaveLength(2)
  world.interruptions.push({ atMs: Date.now() })
  doomed.kill('SIGKILL')
  await world.workload.exchange(6)
  await reconnected(world, before, 90_000)
  await expectNothingLost(world)
  // Nobody told when it died, and the time counts all the same: a lease outlives its worker by seconds.
  const { length } = world.sessions
  const { migrations, uptime } = await waitFor(
    async () => {
      const { total } = await world.tenant.client.getServiceLevels()
      return total.migrations.tried >= length && total
    },
    { what: 'the service levels', deadlineMs: 30_000 },
  )
  expect(migrations).toMatchObject({ tried: length, made: length })
  expect(uptime.disconnected_seconds).toBeGreaterThan(length)
  await waitFor(() => engines.every((pid) => processId(pid) === undefined), { what: 'the engines to end with it' })
})
