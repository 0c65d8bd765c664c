/** Of this site, or the start: nobody is sent elsewhere by what a form or a link says. */
export function pathWithin(text: string | null): string {
  if (!text?.startsWith('/') || text.length > 2_000) return '/'
  const base = 'http://here.invalid'
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined
  const path = url?.origin === base ? `${url.pathname}${url.search}` : '/'
  // `/.//evil.example` is of this site until it is made shorter.
  return path.startsWith('//') ? '/' : path
}
