import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { problemCodes, problems } from './problems.ts'

const folder = join(import.meta.dirname, '../../../docs/problems')

test('every code has a page, and every page a code', async () => {
  const others = ['README.md', 'message-failures.md']
  const pages = (await readdir(folder))
    .filter((name) => !others.includes(name))
    .map((name) => name.replace(/\.md$/, ''))
  expect(pages.toSorted()).toEqual(problemCodes.toSorted())
})

test('a page opens with the title, code and status of the table, and says what to do', async () => {
  for (const code of problemCodes) {
    const page = await readFile(join(folder, `${code}.md`), 'utf8')
    const { title, status } = problems[code]
    expect(page.startsWith(`# ${title}\n\n\`${code}\` · HTTP status ${status}\n`), code).toBe(true)
    expect(page, code).toContain('## What to do')
  }
})

test('the index lists every code once, with its status and title', async () => {
  const index = await readFile(join(folder, 'README.md'), 'utf8')
  for (const code of problemCodes)
    expect(index.split(`| ${problems[code].status} | [${code}](${code}.md) | ${problems[code].title} |`)).toHaveLength(
      2,
    )
})
