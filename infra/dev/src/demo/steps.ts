// A step of the demo either happens before its deadline or ends the demo with what was expected and where to look.
import type { Screen } from './screen.ts'

export type StepSpec = {
  where: string
  what: string
  /** What counts as success, in words: shown when it does not come. */
  expected: string
  /** The components whose logs tell more. */
  look: readonly string[]
  withinMs: number
}

export type Told<Value> = {
  value: Value
  detail?: string
  /** When it really happened, in monotonic ms; now unless given. */
  atMs?: number
}

/** A step that did not succeed; `cause` is why. */
export class StepFailed extends Error {
  readonly step: StepSpec
  constructor(step: StepSpec, cause: unknown) {
    super(`${step.where}: ${step.what}`, { cause })
    this.name = 'StepFailed'
    this.step = step
  }
}

export type Steps = ReturnType<typeof createSteps>

export function createSteps(deps: { screen: Screen; monotonicMs: () => number }) {
  const startedAtMs = deps.monotonicMs()
  return {
    startedAtMs,
    /** Runs one step. @throws StepFailed */
    async run<Value>(step: StepSpec, work: (signal: AbortSignal) => Promise<Told<Value>>): Promise<Value> {
      deps.screen.wait(step.where, step.what)
      const deadline = AbortSignal.timeout(step.withinMs)
      const told = await withDeadline(work(deadline), deadline).catch((error: unknown) => {
        throw new StepFailed(step, error)
      })
      const { atMs = deps.monotonicMs(), detail } = told
      deps.screen.line({
        ms: atMs - startedAtMs,
        where: step.where,
        what: step.what,
        ...(detail === undefined ? {} : { detail }),
      })
      return told.value
    },
  }
}

/** Work that knows why it is late may say so first. */
const graceMs = 200

function withDeadline<Value>(work: Promise<Value>, deadline: AbortSignal): Promise<Value> {
  const late = Promise.withResolvers<never>()
  const give = () => setTimeout(() => late.reject(new Error('it did not happen in time')), graceMs)
  deadline.addEventListener('abort', give, { once: true })
  return Promise.race([work, late.promise]).finally(() => deadline.removeEventListener('abort', give))
}

/** What is printed about a failed step. `seen`: the events so far; `logOf` names the log file of a component. */
export function explainFailure(
  error: unknown,
  context: { seen: readonly string[] | undefined; logOf: (component: string) => string },
): { title: string; entries: [name: string, text: string][] } {
  if (!(error instanceof StepFailed)) return { title: 'the demo itself', entries: [['reason', reasonOf(error)]] }
  const { step, cause } = error
  const { seen, logOf } = context
  return {
    title: `${step.where}: ${step.what}`,
    entries: [
      ['expected', `${step.expected}, within ${step.withinMs / 1_000} s`],
      ['reason', reasonOf(cause)],
      ...(seen ? [['events', seen.length > 0 ? seen.join(', ') : 'none so far'] as [string, string]] : []),
      ...step.look.map((component): [string, string] => ['look at', logOf(component)]),
    ],
  }
}

/** An error in one sentence, with the cause that libraries hide behind "fetch failed". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && error.cause.message !== ''
    ? `${error.message}: ${error.cause.message}`
    : error.message
}
