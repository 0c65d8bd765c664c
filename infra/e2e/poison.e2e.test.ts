// A message that kills whichever engine handles it, in a session that shares its engine with others: it is left out after a
// bounded number of engines, its sender is told, and everything else goes on.
import { engineDeaths } from '@wagate/testing/engines.ts'
import { startStack } from '@wagate/testing/stack.ts'
import { createWorld } from '@wagate/testing/world.ts'
import { expect, test } from 'vitest'
import { connectAsOperator } from './src/broker.ts'

/** Two before an owner has reason to be careful, three while the message is under suspicion. */
const mostDeaths = 5

test.each(['taking', 'sending'])(
  'a message that kills engines while %s it is left out and told as failed, and its session and neighbours run on',
  async (step) => {
    const body = 'deadly'
    const passedOn = { ENGINES: '1', FAULT_POISON: `${step}:${body}` }
    await using stack = await startStack({ passedOn })
    await using broker = await connectAsOperator(stack)
    const readLog = () => broker.readSubject('SESSION_LOG', 'wal.>')
    await using world = await createWorld(stack, { sessions: 4, phones: 4, seed: 7, readLog })
    const [hit] = world.sessions
    if (!hit) throw new Error('the world is empty')
    const { client } = world.tenant
    const deaths = () => engineDeaths(stack.log('worker', 100_000))

    const traffic = world.workload.exchange(20, 2)
    const id = await world.workload.send(hit, body)
    const failed = await world.feed.next((event) => event.type === 'message.failed' && event.data.message_id === id, {
      what: 'the poisonous message to be told as failed',
      deadlineMs: 150_000,
    })
    expect(failed.data).toMatchObject({ error: { code: 'not-processable' } })
    await traffic
    const died = deaths().length
    expect(died).toBeGreaterThan(0)
    expect(died).toBeLessThanOrEqual(mostDeaths)
    for (const { atMs } of deaths()) world.interruptions.push({ atMs })

    // The same session and its neighbours, with no engine dying any more.
    for (const session of world.sessions) await world.workload.send(session)
    await world.workload.exchange(20, 2)
    expect(await world.settled(120_000)).toEqual([])
    expect(deaths()).toHaveLength(died)

    expect(await client.getMessage(id)).toMatchObject({ status: 'failed', error: { code: 'not-processable' } })
    const metrics = await (await fetch(`${stack.url('worker')}/metrics`)).text()
    expect(metrics).toMatch(/wagate_worker_commands_poisoned\{.*\} 1\b/)
    expect(stack.log('worker', 100_000)).toContain('"command.poisoned"')
    const letter = await broker.lastMessage('DEAD_LETTERS', 'dlq.COMMANDS.*')
    expect(letter?.headers['Wagate-Reason']).toBe(
      step === 'taking' ? 'engines died whenever they handled it' : undefined,
    )
  },
)
