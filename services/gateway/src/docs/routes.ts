// What people read: the OpenAPI document, a page made of it, and a page for each problem code. Nothing is loaded from elsewhere.
import type { App } from '../app.ts'
import { DomainError } from '../http/problem.ts'
import type { openApiDocument } from './openapi.ts'
import { renderMarkdown, renderPage } from './page.ts'
import { renderReference } from './reference.ts'

export type DocsDeps = {
  /** Markdown by code: `docs/problems/<code>.md`. */
  problemPages: ReadonlyMap<string, string>
}

const html = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'public, max-age=300',
}

export function docsRoutes(app: App, deps: DocsDeps, document: () => ReturnType<typeof openApiDocument>): void {
  const json = once(() => JSON.stringify(document()))
  const reference = once(() => renderPage('Wagate API', renderReference(document())))

  app.get('/openapi.json', (c) =>
    c.body(json(), 200, { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' }),
  )
  app.get('/docs', (c) => c.body(reference(), 200, html))
  app.get('/problems/:code', (c) => {
    const code = c.req.param('code')
    const markdown = deps.problemPages.get(code)
    if (markdown === undefined) throw new DomainError('route-not-found', 'There is no problem with this code.')
    if (c.req.header('accept')?.includes('text/html'))
      return c.body(renderPage(code, renderMarkdown(markdown)), 200, html)
    return c.body(markdown, 200, { 'content-type': 'text/markdown; charset=utf-8' })
  })
}

/** Made when first asked for: a gateway starts faster, and most of its copies never are. */
function once(make: () => string): () => string {
  let made: string | undefined
  return () => {
    made ??= make()
    return made
  }
}
