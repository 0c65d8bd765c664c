// What goes wrong in a page without anybody seeing it: errors in the console, scripts and styles that the policy refused, requests that
// failed.
import type { Page } from 'playwright-core'

export type Faults = {
  /** Those so far that nobody has allowed. */
  all(): string[]
  /** For a step after which the server says no on purpose, with that status. */
  allowing<Result>(status: number, step: () => Promise<Result>): Promise<Result>
}

export function watchFaults(page: Page, javaScript: boolean): Faults {
  const found: { text: string; status?: number }[] = []
  page.on('pageerror', (error) => found.push({ text: `an error that nothing caught: ${error.message}` }))
  page.on('console', (message) => {
    const text = message.text()
    // The answer itself is told below, with its status.
    if (text.startsWith('Failed to load resource:')) return
    // A mail is shown in a frame that runs no script, and whoever looks into the page tries to: axe, and the trace.
    if (text.startsWith('Blocked script execution')) return
    if (message.type() === 'error' || text.includes('Content Security Policy'))
      found.push({ text: `the console says: ${text} (${message.location().url})` })
  })
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'nobody knows why'
    // A page that is left gives up what it still waits for, and one without scripts fetches none.
    if (reason !== 'net::ERR_ABORTED' && !(reason === 'csp' && !javaScript))
      found.push({ text: `${request.method()} ${request.url()} failed: ${reason}` })
  })
  page.on('response', (response) => {
    const status = response.status()
    if (status >= 400)
      found.push({ text: `${response.request().method()} ${response.url()} answered ${status}`, status })
  })
  return {
    all: () => [...new Set(found.map(({ text }) => text))],
    async allowing(status, step) {
      const before = found.length
      const result = await step()
      const since = found.splice(before)
      found.push(...since.filter((fault) => fault.status !== status))
      return result
    },
  }
}
