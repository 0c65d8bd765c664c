/** Ids with a typed prefix. Whatever else stands in a path may be somebody's number or words. */
const harmless = /^[a-z]{3}_[A-Za-z0-9_]{10,64}$/
const keyId = /^[A-Za-z0-9_-]{6,32}$/

/** The pattern with the ids that were asked for in the places of their names. */
export function shownPath(route: string, path: string): string {
  const given = path.split('/')
  return route
    .split('/')
    .map((part, index) => {
      const value = given[index] ?? ''
      if (!part.startsWith('{')) return part
      return harmless.test(value) || (part === '{key_id}' && keyId.test(value)) ? value : part
    })
    .join('/')
}
