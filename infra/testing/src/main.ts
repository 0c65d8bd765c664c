// `make test`: the rings one after the other, each with its own set-up, and one tally at the end.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { at } from '@wagate/dev/paths.ts'
import { add, failuresOf, type Report, type Tally, tallyOf } from './tally.ts'

const allRings = ['unit', 'int', 'e2e']
const rings = process.env.ring ? process.env.ring.split(',') : allRings
const unknown = rings.find((ring) => !allRings.includes(ring))
if (unknown) {
  console.error(`ring=${unknown} is not one of ${allRings.join(', ')}`)
  process.exit(2)
}

const filters = process.argv.slice(2)
const failures: string[] = []
const runRing = (ring: string): Tally => {
  const report = at('.data/test', `${ring}.json`)
  mkdirSync(at('.data/test'), { recursive: true })
  rmSync(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const run = spawnSync(
    process.execPath,
    [at('node_modules/vitest/vitest.mjs'), 'run', '--project', ring, ...reporters, ...filters],
    {
      cwd: at('.'),
      stdio: 'inherit',
    },
  )
  try {
    const told: Report = JSON.parse(readFileSync(report, 'utf8'))
    failures.push(...failuresOf(told))
    return tallyOf(told, run.status === 0)
  } catch {
    return { passed: 0, failed: 1 } // the ring died before it could report
  }
}

const total = rings.map(runRing).reduce(add, { passed: 0, failed: 0 })
if (failures.length > 0) console.log(`\nFailed:\n\n${failures.join('\n\n')}\n`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 ? 1 : 0
