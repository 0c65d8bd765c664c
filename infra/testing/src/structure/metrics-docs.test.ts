import { globSync, readFileSync } from 'node:fs'
import { databaseRoles } from '@wagate/dev/database.ts'
import { at, root } from '@wagate/dev/paths.ts'
import { expect, test } from 'vitest'
import { sources } from './tree.ts'

/** Made directly, or by a table of names with their help. */
const madeHere = /metrics\.(?:counter|gauge|histogram)(?:<[^>]*>)?\(\s*'(\w+)'|\bname: '(\w+)',\s*help:/g

const made = sources('services/*')
  .filter(({ isTest }) => !isTest)
  .flatMap(({ code }) => [...code.matchAll(madeHere)].map(([, direct, listed]) => `wagate_${direct ?? listed}`))

const pages = globSync(['docs/**/*.md', 'services/*/README.md'], { cwd: root })
const named = new Set(pages.flatMap((page) => readFileSync(at(page), 'utf8').match(/\bwagate_[a-z_]+\b/g) ?? []))

test('every metric that a service makes is named in the documentation', () => {
  expect(made.length).toBeGreaterThan(50)
  expect(made.filter((name) => !named.has(name))).toEqual([])
})

test('every metric that the documentation names is made by a service', () => {
  const known = new Set<string>([...made, ...databaseRoles])
  expect([...named].filter((name) => !known.has(name))).toEqual([])
})
