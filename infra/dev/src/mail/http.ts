// Shows the mails: pages for people, JSON for tests.
import { createServer, type IncomingMessage } from 'node:http'
import type { KeptMail, Mailbox } from './mailbox.ts'
import { framed, listPage, mailPage } from './page.ts'

type Answer = { status: number; type: string; body: string; policy?: string }

const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; base-uri 'none'"
/** A mail may look like something and do nothing, not even fetch a picture. */
const mailPolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'"

const html = (body: string, policy = pagePolicy): Answer => ({ status: 200, type: 'text/html', body, policy })
const json = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
})
const missing = json(404, { status: 'not found' })

/** Only by a name of this machine: a page elsewhere whose name leads here must not read the mails. */
const isLocal = ({ headers }: IncomingMessage): boolean =>
  /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(headers.host ?? '')

function answerOf(mailbox: Mailbox, path: string): Answer {
  const url = new URL(path, 'http://localhost')
  const to = url.searchParams.get('to') || undefined
  if (url.pathname === '/') return html(listPage(mailbox.list(to), to))
  if (url.pathname === '/healthz' || url.pathname === '/readyz') return json(200, { status: 'alive' })
  if (url.pathname === '/mails') return json(200, { mails: mailbox.list(to).map(presented) })
  const [, kind = '', id = '', part] = url.pathname.split('/')
  const mail = mailbox.find(decodeURIComponent(id))
  if (!mail) return missing
  if (kind === 'mails' && part === undefined) return json(200, presented(mail))
  if (kind === 'mail' && part === undefined) return html(mailPage(mail))
  if (kind === 'mail' && part === 'html' && mail.html !== undefined) return html(framed(mail.html), mailPolicy)
  return missing
}

const presented = ({ receivedAt, messageId, html: markup, ...mail }: KeptMail) => ({
  ...mail,
  html: markup ?? null,
  message_id: messageId ?? null,
  received_at: receivedAt,
})

/** Listens on the loopback interface. */
export async function startMailPages(mailbox: Mailbox, port = 0) {
  const server = createServer((request, response) => {
    let answer: Answer
    try {
      answer = isLocal(request)
        ? answerOf(mailbox, request.url ?? '/')
        : json(403, { status: 'only from this machine' })
    } catch {
      answer = missing // a path that cannot be decoded
    }
    response
      .writeHead(answer.status, {
        'content-type': `${answer.type}; charset=utf-8`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        ...(answer.policy ? { 'content-security-policy': answer.policy } : {}),
      })
      .end(answer.body)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
