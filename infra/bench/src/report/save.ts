import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aimsOf } from './aims.ts'
import type { Results } from './results.ts'

/** Writes `<folder>/<time>.json` and gives its path. */
export function saveResults(folder: string, results: Results): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${results.at.slice(0, 19).replaceAll(':', '-')}.json`)
  writeFileSync(file, `${JSON.stringify({ ...results, aims: aimsOf(results) }, undefined, 2)}\n`)
  return file
}
