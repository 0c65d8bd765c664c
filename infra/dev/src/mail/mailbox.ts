// What the development stack's mail server keeps: the last mails, in memory. Pure.

export type KeptMail = {
  id: string
  receivedAt: string
  /** As the envelope says, in small letters. */
  to: string[]
  from: string
  subject: string
  text: string
  html: string | undefined
  /** Every web address in it, each once, in order. */
  links: string[]
  messageId: string | undefined
  /** By name in small letters. */
  headers: Record<string, string>
}

export type Mailbox = ReturnType<typeof createMailbox>

/** Keeps the last `capacity` mails. */
export function createMailbox(capacity = 200) {
  const mails: KeptMail[] = []
  return {
    add(mail: KeptMail): void {
      mails.unshift(mail)
      mails.splice(capacity)
    },
    /** Newest first; those to one address, or all. */
    list(to?: string): KeptMail[] {
      const wanted = to?.trim().toLowerCase()
      return mails.filter((mail) => wanted === undefined || mail.to.includes(wanted))
    },
    find: (id: string): KeptMail | undefined => mails.find((mail) => mail.id === id),
  }
}

const inText = /https?:\/\/[^\s<>"']+/g
const inHtml = /\bhref="(https?:\/\/[^"]+)"/g

/** The addresses in a mail's text, then those that only its HTML has. */
export function linksOf(text: string, html = ''): string[] {
  const found = [...text.matchAll(inText)].map(([link]) => link.replace(/[.,;:!?)\]]+$/, ''))
  const linked = [...html.matchAll(inHtml)].map(([, link = '']) =>
    link.replaceAll('&#39;', "'").replaceAll('&amp;', '&'),
  )
  return [...new Set([...found, ...linked])]
}
