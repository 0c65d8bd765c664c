// Words of strangers made fit for a mail: names, user agents and links come from whoever signs up or invites.

/** One line without control characters, and without those that turn the direction of what follows; cut at `max` characters. */
export function oneLine(text: string, max = 80): string {
  const line = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .toWellFormed()
  const characters = [...line]
  return characters.length <= max
    ? line
    : `${characters
        .slice(0, max - 1)
        .join('')
        .trimEnd()}…`
}

/**
 * A name that somebody gave himself or his company. Mail programs make links of what looks like an address; a sign-up or an
 * invitation must not carry a stranger's link to whom he likes, so what could be one is broken up where nobody sees it.
 */
export const nameOf = (text: string): string =>
  oneLine(text).replace(/(?<=[^\s.:/@])([.:/@]+)(?=[^\s.:/@])/g, '$1\u200C')

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** For text and for attributes in double quotes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '')

/** @throws RangeError for what is not an address of the web: a mail never leads anywhere else */
export function webLink(link: string): string {
  const url = URL.canParse(link) ? new URL(link) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) throw new RangeError('a link in a mail must be http or https')
  return url.href
}

/** `30 minutes`, `2 hours`, `1 day`. */
export function duration(amount: number, unit: 'minute' | 'day'): string {
  const hours = amount / 60
  if (unit === 'minute' && amount > 90 && Number.isInteger(hours)) return `${hours} hours`
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`
}
