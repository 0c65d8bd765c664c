import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** The repository's root. */
export const root = resolve(import.meta.dirname, '../../..')

/** Absolute path of a file or folder of the repository. */
export const at = (...segments: string[]): string => resolve(root, ...segments)

/** The nats-server that the bootstrap put into `.tools/bin`, else the one on PATH. */
export const natsServerBinary = (): string => {
  const own = at('.tools/bin/nats-server')
  return existsSync(own) ? own : 'nats-server'
}
