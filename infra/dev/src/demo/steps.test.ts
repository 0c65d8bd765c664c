import { expect, test } from 'vitest'
import { createScreen } from './screen.ts'
import { createSteps, explainFailure, type StepSpec } from './steps.ts'

const step: StepSpec = {
  where: 'event',
  what: 'session.connected',
  expected: 'the session connects',
  look: ['worker', 'sandbox'],
  withinMs: 5_000,
}
const context = { seen: ['session.created'], logOf: (component: string) => `.data/logs/${component}.log` }

function demo() {
  const written: string[] = []
  const clock = { ms: 1_000 }
  const screen = createScreen({ columns: 80, colour: false, live: false, write: (text) => written.push(text) })
  return { steps: createSteps({ screen, monotonicMs: () => clock.ms }), clock, text: () => written.join('') }
}

test('a step prints when it happened, counted from the first one', async () => {
  const { steps, clock, text } = demo()
  clock.ms = 1_250
  expect(await steps.run(step, async () => ({ value: 7, detail: 'linked' }))).toBe(7)
  await steps.run(step, async () => ({ value: undefined, atMs: 1_200 }))
  expect(text()).toMatch(/ 250 {2}event +session\.connected +linked\n +200 {2}event/)
})

test('a step that fails says what was expected, what happened and where to look', async () => {
  const { steps } = demo()
  const failed = await steps
    .run(step, async () => {
      throw new Error('fetch failed', { cause: new Error('connect ECONNREFUSED') })
    })
    .catch((error: unknown) => error)
  expect(explainFailure(failed, context)).toEqual({
    title: 'event: session.connected',
    entries: [
      ['expected', 'the session connects, within 5 s'],
      ['reason', 'fetch failed: connect ECONNREFUSED'],
      ['events', 'session.created'],
      ['look at', '.data/logs/worker.log'],
      ['look at', '.data/logs/sandbox.log'],
    ],
  })
})

test('a step that never ends fails at its deadline', async () => {
  const { steps } = demo()
  const never = steps.run({ ...step, withinMs: 20 }, () => new Promise<{ value: undefined }>(() => {}))
  const failed = await never.catch((error: unknown) => error)
  expect(explainFailure(failed, context).entries).toContainEqual(['reason', 'it did not happen in time'])
})

test('a failure outside of any step is told too', () => {
  expect(explainFailure(new Error('no such file'), context)).toEqual({
    title: 'the demo itself',
    entries: [['reason', 'no such file']],
  })
})
