// Who is at the other end: what the socket says, or, behind our own proxies, what they say.

/**
 * `hops` is how many proxies of ours a request passes: each appends whom it heard from to `X-Forwarded-For`, so the last `hops` entries
 * are true and all before them may be made up.
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  hops: number,
): string {
  const said = (forwardedFor ?? '').split(',').map((entry) => entry.trim())
  const address = hops > 0 ? said.at(-hops) : undefined
  return (address || socketAddress || 'unknown').replace(/^::ffff:/i, '').slice(0, 64)
}
