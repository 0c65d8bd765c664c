// Reads the repository's own packages and sources for the tests of its structure.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from '@wagate/dev/paths.ts'

export type Package = {
  /** Path from the repository's root, such as `services/gateway`. */
  folder: string
  name: string
  dependencies: string[]
  devDependencies: string[]
}

export type Source = {
  /** Path from the repository's root. */
  path: string
  text: string
  /** The text without comments. */
  code: string
  /** Everything that is imported, as written. */
  imports: string[]
  isTest: boolean
}

const skipped = (path: string) => path.includes('node_modules') || path.startsWith('.')

export function packages(): Package[] {
  return globSync(['{schemas,services,infra}/*/package.json', 'docs/examples/package.json', 'ui/package.json'], {
    cwd: root,
    exclude: skipped,
  }).map((path) => {
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8'))
    return {
      folder: dirname(path),
      name: manifest.name,
      dependencies: Object.keys(manifest.dependencies ?? {}),
      devDependencies: Object.keys(manifest.devDependencies ?? {}),
    }
  })
}

const importStatement = /^(?:import|export)\b(?:[^'"]*?\bfrom\s*|\s*)'([^'\n]+)'/gm
const dynamicImport = /\bimport\(\s*'([^'\n]+)'/g

/** Every TypeScript file of a package, or of the whole repository. */
export function sources(folder = '{schemas,services,infra}/*'): Source[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root, exclude: skipped }).map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1')
    const imports = [...code.matchAll(importStatement), ...code.matchAll(dynamicImport)].flatMap(
      ([, name]) => name ?? [],
    )
    return {
      path,
      text,
      code,
      imports,
      isTest: /\.test\.ts$|\/(fakes|testing|fixtures)\/|vitest\.|drizzle\.config/.test(path),
    }
  })
}

export type Citation = { from: string; to: string; exists: boolean }

/** Every Markdown file. */
export const documents = (): { path: string; text: string }[] =>
  globSync(['*.md', 'docs/**/*.md', '{schemas,services,infra}/*/**/*.md', 'ui/**/*.md'], {
    cwd: root,
    exclude: skipped,
  }).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

/** Every path that a Markdown file links to or names in backticks. */
export function citations(): Citation[] {
  return documents().flatMap(({ path: from, text: whole }) => {
    const text = whole.replaceAll(/^```[\s\S]*?^```/gm, '')
    const links = [...text.matchAll(/\]\((?!https?:|mailto:|#|\/)([^)#\s]+)/g)].map(([, to = '']) =>
      join(dirname(from), to),
    )
    const named = [...text.matchAll(/`((?:services|schemas|infra|ui|docs)\/[\w./-]+)`/g)].map(([, to = '']) => to)
    return [...links, ...named].map((to) => ({ from, to: relative('.', to), exists: existsSync(join(root, to)) }))
  })
}
