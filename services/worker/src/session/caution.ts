// An owner whose predecessors died in a row writes down each command before it touches it, one at a time: the one that kills
// engines is then known by name to the next owner, and is left out.
import type { CommandOf, Lane } from '@wagate/messages/commands.ts'
import { diedOver, isSuspicious } from '../log/crashes.ts'
import type { Memory } from '../log/memory.ts'
import type { SessionLog } from '../log/session-log.ts'
import { failureOf } from '../message/failures.ts'
import { shareOf, waitingLimit } from '../message/outbox.ts'
import type { ConnectionObserver } from './connection-counts.ts'
import type { CommandOutcome } from './deps.ts'
import type { Journal } from './journal.ts'

export type CautionDeps = {
  memory: Memory
  journal: Pick<Journal, 'append' | 'at'>
  log: Pick<SessionLog, 'durable'>
  observe: Pick<ConnectionObserver, 'poisoned'>
  now: () => Date
  random: () => number
  after: (ms: number, run: () => void) => void
  warn: (event: string, fields: Record<string, unknown>) => void
}

export type Caution = ReturnType<typeof createCaution>

/** Undefined when nothing is wrong. */
export const cautionAfter = (deps: CautionDeps): Caution | undefined =>
  isSuspicious(deps.memory.crashes, deps.now().getTime()) ? createCaution(deps) : undefined

/**
 * Spreads the second and third attempt: what another session began at the same moment as the one that kills would be taken for
 * poison too.
 */
const spreadMs = 3_000

export const poisonCode = 'not-processable'

type Send = CommandOf<'message.send'>

function createCaution({ memory, journal, log, observe, now, random, after, warn }: CautionDeps) {
  /** It ends when no owner has died for ten minutes: this one has got somewhere. */
  const isOn = (): boolean => isSuspicious(memory.crashes, now().getTime())
  const inTurn = createTurns()
  const turns = { high: createTurns(), normal: createTurns(), bulk: createTurns() }
  let waiting = 0

  /** Rejects when the owner was fenced. */
  async function begin(commandId: string, before: number): Promise<void> {
    if (before > 0) await new Promise<void>((resolve) => after(random() * spreadMs * before, resolve))
    await log.durable(journal.append([{ kind: 'BEGUN', commandId, at: journal.at() }]))
  }

  return {
    isOn,
    /** Handles a command while no other is handled; `poison` when owners died over it. */
    alone: <Outcome>(commandId: string, handle: () => Promise<Outcome>): Promise<Outcome | 'poison'> =>
      inTurn(async () => {
        if (!isOn()) return handle()
        const before = diedOver(memory.crashes, commandId)
        if (before !== 'poison') return begin(commandId, before).then(handle)
        observe.poisoned()
        warn('command.poisoned', { commandId })
        return 'poison'
      }),
    /** Takes commands of a lane one after the other; `full` when too many wait for that. */
    async inOrder<Outcome>(lane: Lane, accept: () => Promise<Outcome>): Promise<Outcome | 'full'> {
      if (waiting >= shareOf[lane] * waitingLimit.messages) return 'full'
      waiting += 1
      return turns[lane](accept).finally(() => {
        waiting -= 1
      })
    },
    /** A command that never reached the log is told as failed, without its content, which may be what kills. */
    async leaveOut({ id: commandId, correlationId, data }: Send): Promise<void> {
      const { messageId, to, lane, acceptedAt } = data
      const content = { type: 'unsupported', unsupported: { kind: data.content.type } } as const
      const known = { commandId, messageId, to, content, lane, acceptedAt }
      const message = correlationId ? { ...known, correlationId } : known
      const failed = { kind: 'FAILED', commandId, message, ...failureOf(poisonCode), at: journal.at() } as const
      await log.durable(journal.append([failed]))
    },
  }
}

function createTurns() {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(run: () => Promise<Result>): Promise<Result> => {
    const own = last.then(run)
    last = own.catch(() => {})
    return own
  }
}

const outcomes = { taken: 'done', full: 'later', poison: 'poison' } as const

/** Has the outbox take a command; with caution, in order: what waits its turn or for room is not overtaken in its lane. */
export const taken = async (
  caution: Caution | undefined,
  lane: Lane,
  accept: () => Promise<keyof typeof outcomes>,
): Promise<CommandOutcome> => outcomes[await (caution?.inOrder(lane, accept) ?? accept())]
