// A session's record is changed by compare-and-set: two requests at once both count.
import type { SessionConfig } from '@wagate/messages/control.ts'
import { WrongLastSequence } from '@wagate/runtime/errors.ts'
import type { FindSessionDeps } from './find.ts'

export type RewriteConfigDeps = FindSessionDeps & {
  updateSessionConfig: (config: SessionConfig, revision: number) => Promise<number>
}

const maxAttempts = 5

/**
 * Resolves with what is stored now; undefined when the session is gone. The worker sees it by its watch. A `change` that returns what
 * it was given writes nothing.
 */
export async function rewriteConfig(
  deps: RewriteConfigDeps,
  { tenantId, sessionId }: Pick<SessionConfig, 'tenantId' | 'sessionId'>,
  change: (stored: SessionConfig) => SessionConfig,
): Promise<SessionConfig | undefined> {
  for (let attempt = 1; ; attempt++) {
    const stored = await deps.readSessionConfig(tenantId, sessionId)
    if (!stored || stored.config.desired === 'deleted') return undefined
    const config = change(stored.config)
    if (config === stored.config) return config
    try {
      deps.directory.put(config, await deps.updateSessionConfig(config, stored.revision))
      return config
    } catch (error) {
      if (!(error instanceof WrongLastSequence) || attempt === maxAttempts) throw error
    }
  }
}
