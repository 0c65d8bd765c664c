// Plays one scenario with one seed on a stack, waits until the system says that it is done, and judges.
import type { History } from '@wagate/testing/history/history.ts'
import { readUnread } from '@wagate/testing/sandbox-control.ts'
import type { TestStack } from '@wagate/testing/stack.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import type { World } from '@wagate/testing/world.ts'
import type { LogBook } from './log-book.ts'
import { type Busy, busyWithin, comebacks } from './machine.ts'
import { type Losses, lossesOf, takeoversOf } from './measure.ts'
import { type Leg, NotPossibleHere, type Scenario } from './scenario.ts'
import { createScene, type Setting } from './scene.ts'

export type Run = {
  scenario: string
  leg: Leg['name']
  seed: number
  /** Every promise that was broken, as text; empty is the good end. */
  broken: string[]
  /** Why it could not be played on this machine. */
  notPossible?: string
  messages: number
  losses: Losses
  /** Owners that the sessions had, at most. */
  epochs: number
  takeoverMs: number[]
  /** While sessions came back. */
  busy?: Busy | undefined
  facts: Record<string, number | string>
  ms: number
}

/** A session takes over, catches up and settles long before, unless something is stuck. */
const quietWithinMs = 120_000

export async function play(scenario: Scenario, setting: Setting): Promise<Run> {
  const startedAt = performance.now()
  await using scene = createScene(setting)
  const run: Run = {
    scenario: scenario.name,
    leg: setting.leg.name,
    seed: setting.seed,
    broken: [],
    messages: 0,
    losses: { lost: 0, doubled: 0, undecryptable: 0 },
    epochs: 0,
    takeoverMs: [],
    facts: {},
    ms: 0,
  }
  try {
    await scenario.run(scene)
    const world = scene.made()
    if (world) {
      await waitFor(() => world.isQuiet(), { deadlineMs: quietWithinMs, everyMs: 100 }).catch(() => {})
      run.broken.push(...(await world.settled(60_000)), ...(await paired(world)))
      const history = await world.history()
      const claims = await claimsOf(setting.book, world)
      const taken = takeoversOf(scene.faults, claims, history)
      run.broken.push(...taken.missing.map((id) => `${id} was never taken over`))
      run.messages = history.accepted.length + history.written.length
      run.losses = lossesOf(history)
      if (run.losses.undecryptable > 0) run.broken.push(...(await unread(setting.stack, world)))
      run.epochs = claims.reduce((most, { epoch }) => Math.max(most, epoch), 0)
      const away = [...taken.away, ...scene.away]
      run.takeoverMs = away.map(({ fromMs, toMs }) => toMs - fromMs)
      run.busy = busyWithin(scene.machine, comebacks(away))
    }
  } catch (error) {
    if (error instanceof NotPossibleHere) run.notPossible = error.message
    else run.broken.push(`the scenario did not end: ${describe(error)}`)
  }
  run.broken.push(...scene.broken)
  run.facts = scene.facts
  run.ms = performance.now() - startedAt
  setting.book.clear()
  return run
}

const claimsOf = (book: LogBook, { tenant, sessions }: World) =>
  book.claims(
    tenant.tenantId,
    sessions.map(({ sessionId }) => sessionId),
  )

/** No takeover may need a new scan. */
async function paired(world: World): Promise<string[]> {
  const { events }: History = await world.history()
  const scans = new Set(events.flatMap(({ type, id }) => (type === 'session.paired' ? [id] : []))).size
  return scans === world.sessions.length ? [] : [`${world.sessions.length} sessions were scanned ${scans} times`]
}

/** Who could not read what, and why. */
async function unread(stack: TestStack, world: World): Promise<string[]> {
  const phones = [...world.phones, ...world.sessions.map(({ phone }) => phone)]
  const found = phones.map(async ({ id, number }) =>
    (await readUnread(stack, id)).map((what) => `${number} could not read: ${JSON.stringify(what)}`),
  )
  return (await Promise.all(found)).flat()
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause ? `${error.message} (${describe(error.cause)})` : error.message
}
