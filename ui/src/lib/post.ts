/** For what a page tells by itself; a form is what a person sends. */
export const post = (url: string, fields: Record<string, string>): Promise<Response> =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields), keepalive: true })
