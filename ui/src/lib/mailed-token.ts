/** The token in a link that was mailed, which may have been pasted whole; what holds none is taken for the token itself. */
export function mailedToken(text: string): string {
  const [, fragment] = text.trim().split('#', 2)
  return (fragment && new URLSearchParams(fragment).get('token')) || text.trim()
}
