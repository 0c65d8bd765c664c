// The life of a process: open parts in order, work, and on a signal close them in the opposite order, within a deadline.
import type { Logger } from './logger.ts'

export type Service = {
  /** Aborts when the stop begins: readiness turns false and nothing new is taken on. */
  stopping: AbortSignal
  /** Registers how to close what was just opened. Called last opened first; a part that fails to close does not keep the others open. */
  onStop(part: string, stop: () => unknown): void
  /** A part died and cannot come back: stop everything and exit 1. */
  fail(error: unknown): void
}

/** What `runService` needs of `process`; tests give their own. */
export type ProcessLike = {
  on(event: string, listener: (value: unknown) => void): unknown
  exit(code: number): void
}

/**
 * Runs a service until SIGTERM or SIGINT: exit code 0 after an orderly stop, 1 when the start failed, a part failed or the
 * deadline passed; a second signal exits at once. Resolves when `start` has resolved.
 */
export async function runService(options: {
  logger: Logger
  start(service: Service): Promise<void>
  /** Default 25 s: less than the 30 s that orchestrators grant. */
  stopDeadlineMs?: number
  process?: ProcessLike
}): Promise<void> {
  const { logger, stopDeadlineMs = 25_000 } = options
  const host = options.process ?? globalThis.process
  const stopping = new AbortController()
  const parts: { part: string; stop: () => unknown }[] = []

  const stopOnce = async (why: string, code: number) => {
    if (stopping.signal.aborted) return
    stopping.abort()
    const startedMs = performance.now()
    logger.info({ event: 'service.stopping', why })
    const deadline = setTimeout(() => {
      logger.error({ event: 'service.stop_overdue', waitingFor: parts.at(-1)?.part })
      host.exit(1)
    }, stopDeadlineMs)
    let exitCode = code
    for (let last = parts.at(-1); last; last = parts.at(-1)) {
      try {
        await last.stop()
      } catch (error) {
        exitCode = 1
        logger.error({ event: 'service.stop_failed', part: last.part, err: error })
      }
      parts.pop() // only now, so that an overdue stop can name the part
    }
    clearTimeout(deadline)
    logger.info({ event: 'service.stopped', durationMs: Math.round(performance.now() - startedMs) })
    host.exit(exitCode)
  }

  const fail = (error: unknown) => {
    logger.fatal({ event: 'service.failed', err: error })
    void stopOnce('failure', 1)
  }
  for (const signal of ['SIGTERM', 'SIGINT']) {
    host.on(signal, () => {
      if (stopping.signal.aborted) host.exit(130)
      else void stopOnce(signal, 0)
    })
  }
  host.on('uncaughtException', fail)
  host.on('unhandledRejection', fail)

  const service: Service = {
    stopping: stopping.signal,
    onStop: (part, stop) => void parts.push({ part, stop }),
    fail,
  }
  try {
    await options.start(service)
    if (!stopping.signal.aborted) logger.info({ event: 'service.started' })
  } catch (error) {
    fail(error)
  }
}
