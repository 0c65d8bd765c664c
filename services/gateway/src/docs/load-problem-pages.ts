import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Every `<code>.md` of the folder, by code. */
export async function loadProblemPages(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.md') && name !== 'README.md')
  const pages = names.map(async (name) => [name.slice(0, -3), await readFile(join(folder, name), 'utf8')] as const)
  return new Map(await Promise.all(pages))
}
