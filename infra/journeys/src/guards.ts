// What keeps strangers out of a page, seen from the browser: the headers of each answer, the scripts in each document, the cookies.
import type { BrowserContext, Response } from 'playwright-core'

/** Of every answer of the dashboard. */
const always = { 'x-content-type-options': 'nosniff' }
/** Of its documents, besides: they hold what is somebody's, and show it in no frame. */
const ofDocuments = { 'referrer-policy': 'same-origin', 'cache-control': 'no-store' }
const directives = [
  ...["default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"],
  ...["connect-src 'self'", "style-src 'self'"],
]

export type Guards = {
  /** What was missing so far, in answers and in the cookies that are kept now. */
  missing(): Promise<string[]>
}

export function watchGuards(context: BrowserContext, site: string): Guards {
  const looks: Promise<string[]>[] = []
  context.on('response', (response) => {
    if (response.url().startsWith(site)) looks.push(missingIn(response))
  })
  return {
    async missing() {
      const cookies = await context.cookies(site)
      const readable = cookies
        .filter(({ httpOnly, sameSite }) => !httpOnly || sameSite === 'None')
        .map(({ name, httpOnly, sameSite }) => `the cookie ${name} is HttpOnly: ${httpOnly}, SameSite: ${sameSite}`)
      return [...new Set([...(await Promise.all(looks)).flat(), ...readable])]
    },
  }
}

async function missingIn(response: Response): Promise<string[]> {
  const headers = response.headers()
  const { pathname } = new URL(response.url())
  // A stream of events never ends, and a redirect has no text.
  const html = headers['content-type']?.startsWith('text/html') ? await response.text().catch(() => '') : ''
  return lacksOf(headers, html).map((text) => `${pathname}: ${text}`)
}

/** What an answer of the dashboard should have and has not. */
export function lacksOf(headers: Readonly<Record<string, string>>, html: string): string[] {
  const isDocument = headers['content-type']?.startsWith('text/html') === true
  const wrong = Object.entries({ ...always, ...(isDocument && ofDocuments) })
    .filter(([name, value]) => headers[name] !== value)
    .map(([name, value]) => `${name} is ${headers[name]}, not ${value}`)
  if (!isDocument) return wrong
  const policy = headers['content-security-policy'] ?? ''
  return [...wrong, ...lacksOfPolicy(policy), ...strangeScripts(html, policy)]
}

function lacksOfPolicy(policy: string): string[] {
  const parts = policy.split(';').map((part) => part.trim())
  const lacking = directives.filter((directive) => !parts.includes(directive))
  const scripts = parts.find((part) => part.startsWith('script-src ')) ?? ''
  const strict = /^script-src 'self' 'nonce-[\w+/=]{20,}'$/.test(scripts)
  return [
    ...lacking.map((directive) => `the policy lacks ${directive}`),
    ...(strict ? [] : [`scripts may come from ${scripts}`]),
  ]
}

/** Scripts in the document that the policy's nonce does not name, and code in attributes. */
function strangeScripts(html: string, policy: string): string[] {
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1]
  const inline = [...html.matchAll(/<script\b([^>]*)>/g)].filter(([, rest = '']) => !/\bsrc=/.test(rest))
  const named = inline.filter(([, rest = '']) => nonce !== undefined && rest.includes(`nonce="${nonce}"`))
  const handlers = html.match(/<[^>]+\son[a-z]+\s*=/g) ?? []
  return [
    ...(inline.length === named.length ? [] : [`${inline.length - named.length} scripts without the nonce`]),
    ...handlers.map((tag) => `code in an attribute: ${tag.slice(0, 80)}`),
  ]
}
