// `SMTP_URL` and `MAIL_FROM`: which mail server takes our mail, and who it is from. Pure.

/** `required`: no mail over a connection that cannot be encrypted. `optional`: encrypted when the server offers it. */
export type StartTls = 'required' | 'optional' | 'never'

export type SmtpAccess = {
  host: string
  port: number
  /** TLS from the first byte (smtps). */
  secure: boolean
  starttls: StartTls
  login: { user: string; pass: string } | undefined
}

const modes: readonly string[] = ['required', 'optional', 'never'] satisfies StartTls[]
const isMode = (text: string): text is StartTls => modes.includes(text)

/**
 * `smtp://user:password@host:587?starttls=optional` or `smtps://…`. Without `starttls` it is as `usual` says.
 * @throws RangeError that says what is wrong and quotes nothing: there is a password in it
 */
export function parseSmtpUrl(text: string, usual: StartTls): SmtpAccess {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === '')
    throw new RangeError('must be like smtp://user:password@host:587')
  if ((url.pathname !== '' && url.pathname !== '/') || url.hash !== '') throw new RangeError('must end after the port')
  const secure = url.protocol === 'smtps:'
  const { starttls = usual, ...others } = Object.fromEntries(url.searchParams)
  if (Object.keys(others).length > 0 || !isMode(starttls))
    throw new RangeError('may say starttls=required, starttls=optional or starttls=never, and nothing else')
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    starttls,
    login: url.username === '' ? undefined : { user: decode(url.username), pass: decode(url.password) },
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new RangeError('must have its user and password percent-encoded')
  }
}

export type MailFrom = { name: string; address: string }

const from = /^\s*(?:([^<>"\r\n]*?)\s*<([^\s<>@"]+@[^\s<>@"]+)>|([^\s<>@"]+@[^\s<>@"]+))\s*$/

/**
 * `Wagate <no-reply@example.com>` or only the address.
 * @throws RangeError
 */
export function parseMailFrom(text: string): MailFrom {
  const [, name = '', named, bare] = from.exec(text) ?? []
  const address = named ?? bare
  if (address === undefined) throw new RangeError('must be like Wagate <no-reply@example.com>')
  return { name, address }
}
