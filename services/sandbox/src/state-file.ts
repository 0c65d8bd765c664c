/** The sandbox's memory between an orderly stop and the next start. It holds private keys of made-up people, so only its owner reads it. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { deserialize, serialize } from 'node:v8'
import type { SavedPhone } from './phone/saved.ts'

const version = 1

/**
 * Reads the file and removes it: after a crash the clients have moved on, and an old Signal state would be worse than none.
 * An absent file, or one of another version, is an empty memory.
 */
export async function takeState(path: string): Promise<SavedPhone[]> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  await rm(path)
  const state = deserialize(bytes) as { version: number; phones: SavedPhone[] }
  return state.version === version ? state.phones : []
}

export async function saveState(path: string, phones: SavedPhone[]): Promise<void> {
  const unfinished = `${path}.new`
  await writeFile(unfinished, serialize({ version, phones }), { mode: 0o600 })
  await rename(unfinished, path)
}
