// Takes mail over SMTP, from anybody to anybody, and hands it on parsed. For development and tests only.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import { type KeptMail, linksOf } from './mailbox.ts'

/** A status such as 550 or 451 that every recipient, or every content, is refused with. */
export type Refusal = { at: 'recipient' | 'content'; status: number }

export type SmtpOptions = {
  /** Any free one by default. */
  port?: number
  /** Offers STARTTLS, with a certificate that nobody knows. */
  offersTls?: boolean
  onMail: (mail: KeptMail) => void
  /** Asked for each mail. */
  refusal?: () => Refusal | undefined
}

const maxBytes = 256 * 1024

/** Listens on the loopback interface. `close` also ends connections that are open. */
export async function startSmtpServer({ port = 0, offersTls = false, onMail, refusal = () => undefined }: SmtpOptions) {
  const refuse = (at: Refusal['at']): Error | undefined => {
    const wanted = refusal()
    return wanted?.at === at ? withStatus(wanted.status) : undefined
  }
  const server = new SMTPServer({
    size: maxBytes,
    maxClients: 50,
    closeTimeout: 100,
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: offersTls ? ['AUTH'] : ['AUTH', 'STARTTLS'],
    onRcptTo: (_address, _session, callback) => callback(refuse('recipient')),
    onData(stream, session, callback) {
      const take = async () => {
        const bytes = await read(stream)
        const refused = refuse('content')
        if (refused) throw refused
        onMail(await keptMail(bytes, session))
      }
      take().then(
        () => callback(),
        (error: unknown) => callback(error instanceof Error ? error : new Error('failed')),
      )
    },
  })
  server.on('error', () => {}) // a client that hung up
  server.listen(port, '127.0.0.1')
  await once(server.server, 'listening')
  const address = server.server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

const withStatus = (responseCode: number): Error => Object.assign(new Error('refused on request'), { responseCode })

async function read(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    if (size <= maxBytes) chunks.push(chunk)
  }
  if (size > maxBytes) throw withStatus(552)
  return Buffer.concat(chunks)
}

async function keptMail(bytes: Buffer, { envelope }: SMTPServerSession): Promise<KeptMail> {
  const parsed = await simpleParser(bytes, { skipTextToHtml: true, skipImageLinks: true })
  const html = parsed.html || undefined
  const text = parsed.text ?? ''
  return {
    id: randomUUID(),
    receivedAt: new Date().toISOString(),
    to: envelope.rcptTo.map(({ address }) => address.toLowerCase()),
    from: parsed.from?.text ?? '',
    subject: parsed.subject ?? '',
    text,
    html,
    links: linksOf(text, html),
    messageId: parsed.messageId,
    headers: Object.fromEntries(
      parsed.headerLines.map(({ key, line }) => [key, line.slice(line.indexOf(':') + 1).trim()]),
    ),
  }
}
