// The development stack's mail server: takes everything, delivers nothing, shows it.
import { startMailPages } from './http.ts'
import { createMailbox, type KeptMail } from './mailbox.ts'
import { type Refusal, startSmtpServer } from './smtp.ts'

export type MailServer = {
  /** Where its page is. */
  url: string
  smtpUrl: string
  smtpPort: number
  /** Newest first; those to one address, or all. */
  mails(to?: string): KeptMail[]
  /** Refuses every mail so from now on; without an argument it takes them again. */
  refuse(refusal?: Refusal): void
  stop(): Promise<void>
} & AsyncDisposable

/** Any free ports by default. */
export async function startMailServer(
  options: { port?: number; smtpPort?: number; offersTls?: boolean } = {},
): Promise<MailServer> {
  const mailbox = createMailbox()
  let refusal: Refusal | undefined
  const smtp = await startSmtpServer({
    port: options.smtpPort ?? 0,
    offersTls: options.offersTls ?? false,
    onMail: mailbox.add,
    refusal: () => refusal,
  })
  const pages = await startMailPages(mailbox, options.port)
  const stop = async (): Promise<void> => void (await Promise.all([smtp.close(), pages.close()]))
  return {
    url: `http://127.0.0.1:${pages.port}`,
    smtpUrl: `smtp://127.0.0.1:${smtp.port}`,
    smtpPort: smtp.port,
    mails: mailbox.list,
    refuse: (next) => {
      refusal = next
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
