import { z } from 'zod'
import type { SandboxConfig } from './sandbox.ts'

const environment = z.object({
  SANDBOX_HOST: z.string().min(1).default('127.0.0.1'),
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(8090),
  SANDBOX_STATE_FILE: z.string().min(1).optional(),
  SANDBOX_CONTROL_TOKEN: z.string().min(8, 'a secret of at least 8 characters'),
})

/** Reads the configuration; throws one error that names every bad variable. */
export function loadConfig(env: Record<string, string | undefined>): SandboxConfig {
  const parsed = environment.safeParse(env)
  if (!parsed.success) {
    const sentences = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new Error(`bad configuration: ${sentences.join('; ')}`)
  }
  const { SANDBOX_HOST, SANDBOX_PORT, SANDBOX_CONTROL_TOKEN, SANDBOX_STATE_FILE } = parsed.data
  return {
    host: SANDBOX_HOST,
    port: SANDBOX_PORT,
    controlToken: SANDBOX_CONTROL_TOKEN,
    stateFile: SANDBOX_STATE_FILE,
  }
}
