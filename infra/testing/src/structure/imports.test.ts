import { expect, test } from 'vitest'
import { packages, sources } from './tree.ts'

type Rule = {
  /** Packages of this repository that it may use at run time. */
  own: string[]
  /** Libraries that would put it in the wrong layer. */
  never?: string[]
}

const baileys = '@whiskeysockets/baileys'

const rules: Record<string, Rule> = {
  'schemas/messages': { own: [], never: ['hono', 'drizzle-orm', 'nats', 'postgres', baileys] },
  'schemas/api': { own: ['@wagate/messages'], never: ['hono', '@hono/zod-openapi', 'drizzle-orm', 'nats', baileys] },
  'schemas/db': { own: [], never: ['hono', 'nats', 'zod', baileys] },
  'services/runtime': { own: ['@wagate/messages'], never: ['hono', 'drizzle-orm', baileys] },
  'services/gateway': {
    own: ['@wagate/messages', '@wagate/api', '@wagate/db', '@wagate/runtime'],
    never: ['nats', baileys],
  },
  'services/worker': { own: ['@wagate/messages', '@wagate/runtime'], never: ['hono', 'nats', 'drizzle-orm'] },
  'services/projector': {
    own: ['@wagate/messages', '@wagate/db', '@wagate/runtime'],
    never: ['hono', 'nats', baileys],
  },
  'services/webhooks': {
    own: ['@wagate/messages', '@wagate/api', '@wagate/db', '@wagate/runtime'],
    never: ['hono', 'nats', baileys],
  },
  'services/scheduler': {
    own: ['@wagate/messages', '@wagate/db', '@wagate/runtime'],
    never: ['hono', 'nats', baileys],
  },
  'services/sandbox': { own: [], never: ['nats', 'postgres', 'drizzle-orm'] },
  ui: { own: ['@wagate/api'], never: ['nats', 'postgres', 'drizzle-orm', baileys] },
  'docs/examples': { own: ['@wagate/api'], never: ['nats', 'postgres'] },
  'infra/dev': { own: ['@wagate/messages', '@wagate/db', '@wagate/runtime', '@wagate/api'] },
  'infra/nats': { own: ['@wagate/messages', '@wagate/runtime'] },
  'infra/testing': { own: ['@wagate/messages', '@wagate/api', '@wagate/db', '@wagate/dev'] },
  // The worker's own log code writes the sessions that a bench begins with, and the gateway's own code the keys; its key check
  // is measured by itself too. Pages are opened as the journeys open them.
  'infra/bench': {
    own: ['messages', 'api', 'dev', 'gateway', 'journeys', 'runtime', 'testing', 'worker'].map(
      (name) => `@wagate/${name}`,
    ),
  },
  // The broker itself only where a test breaks it or reads what no customer sees: dead letters, session logs.
  'infra/e2e': {
    own: ['@wagate/api', '@wagate/dev', '@wagate/runtime', '@wagate/testing'],
    never: ['nats', 'drizzle-orm'],
  },
  // People use the dashboard in a browser, and the API only for what they would not do by themselves.
  'infra/journeys': { own: ['@wagate/api', '@wagate/dev', '@wagate/testing'] },
  // A thousand sessions are seeded as the bench seeds them.
  'infra/faults': {
    own: ['@wagate/api', '@wagate/bench', '@wagate/dev', '@wagate/messages', '@wagate/runtime', '@wagate/testing'],
  },
}

const all = packages()

test.each(all)('$folder uses only the packages that its place allows', ({ folder, dependencies }) => {
  const rule = rules[folder]
  expect(rule, `${folder} has no row in the import table`).toBeDefined()
  const own = dependencies.filter((name) => name.startsWith('@wagate/'))
  expect(own.filter((name) => !rule?.own.includes(name))).toEqual([])
  expect(dependencies.filter((name) => rule?.never?.includes(name))).toEqual([])
})

test.each(all)(
  '$folder imports what it declares, and its own files only by relative path',
  ({ folder, name, dependencies, devDependencies }) => {
    const wrong = sources(folder).flatMap(({ path, imports, isTest }) =>
      imports
        .filter((imported) => {
          if (imported.startsWith('node:')) return false
          if (imported.startsWith('.')) return leaves(folder, path, imported)
          // What SvelteKit makes up, and the dashboard's own files by their usual name.
          if (folder === 'ui' && /^(#lib|\$app)\//.test(imported)) return false
          const wanted = packageOf(imported)
          // The dashboard is bundled: what is built into it need not be installed where it runs.
          const declared = isTest || folder === 'ui' ? [...dependencies, ...devDependencies, 'vitest'] : dependencies
          return wanted === name || !declared.includes(wanted)
        })
        .map((imported) => `${path} imports ${imported}`),
    )
    expect(wrong).toEqual([])
  },
)

const packageOf = (imported: string): string => imported.split('/', imported.startsWith('@') ? 2 : 1).join('/')

/** True if a relative import climbs out of its package. */
function leaves(folder: string, path: string, imported: string): boolean {
  const resolved = new URL(imported, `file:///${path}`).pathname.slice(1)
  return !resolved.startsWith(`${folder}/`)
}
